#include "net/shown_code.hpp"

#include "ledger/contract.hpp"

namespace meguri::net {

storage::secret<std::string> shown_code(const ledger::entry& one, const storage::key_ring& keys) {
    const auto given_in = keys.epochs().mark_at(one.position);
    if (const auto* const once = std::get_if<ledger::once_code_issued>(&one.what))
        return keys.numeric_code_text(once->wallet, once->ordinal, once->format, given_in);
    if (const auto* const issued = std::get_if<ledger::code_issued>(&one.what))
        return keys.code_text(issued->wallet, issued->ordinal, issued->kind, given_in);
    const auto* const blocked = std::get_if<ledger::code_blocked>(&one.what);
    EXPECTS(blocked != nullptr && blocked->reissued_as != 0);
    return keys.code_text(blocked->wallet, blocked->reissued_as, ledger::code_kind::card, given_in);
}

} // namespace meguri::net
