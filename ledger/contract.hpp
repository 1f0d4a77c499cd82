// Contracts that stay on in every build: a broken one is a bug of ours, never of a caller's input, and ends the
// process before a wrong entry can become durable.
#pragma once

namespace meguri::ledger {

// Prints what was expected and where to standard error, then aborts. Never returns.
[[noreturn]] void contract_broken(const char* kind, const char* condition, const char* file, int line) noexcept;

} // namespace meguri::ledger

#define EXPECTS(condition)                                                                                             \
    (static_cast<bool>(condition) ? void(0)                                                                            \
                                  : ::meguri::ledger::contract_broken("EXPECTS", #condition, __FILE__, __LINE__))
#define ENSURES(condition)                                                                                             \
    (static_cast<bool>(condition) ? void(0)                                                                            \
                                  : ::meguri::ledger::contract_broken("ENSURES", #condition, __FILE__, __LINE__))
