// What joins, and accounts: decided by the newest durable entry about each, on whichever thread. So each is claimed
// before it is looked up, and the claim is held until the entry is durable: of two that decide the same at once, one
// comes too late.
#pragma once

#include "actors/operation.hpp"
#include "ledger/joining.hpp"

#include <optional>

namespace meguri::actors {

class switch_thread;

struct joining_seen {
    std::optional<ledger::entry> newest; // none: nothing was ever said
    [[nodiscard]] const ledger::entry* entry() const noexcept { return newest ? &*newest : nullptr; }
};

// Claims what the command is about and says how it stands; nullopt where the operation is settled: somebody else is
// deciding it, or the store cannot be read. Contract: the command is one of applications or accounts.
[[nodiscard]] std::optional<joining_seen> claim_joining(const operation_ptr& op, switch_thread& thread);

[[nodiscard]] bool is_about_joining(const ledger::command& asked) noexcept;

// Whether a merchant begins with it: its actor decides, under a new id.
[[nodiscard]] bool begins_merchant(const ledger::command& asked) noexcept;

} // namespace meguri::actors
