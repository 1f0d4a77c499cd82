// The bearer keys of operators, staff, partners, terminals and shops: one more, which there are, one less.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/{operators|staff|partners|terminals|shops}/{id}/keys
[[nodiscard]] asked issue_key(call& from, ledger::caller_kind of);
// GET of the same
[[nodiscard]] asked read_keys(call& from, ledger::caller_kind of);
[[nodiscard]] problem_or_none render_keys_read(rendering& to);
// POST .../{id}/keys/{number}/revoke
[[nodiscard]] asked revoke_key(call& from, ledger::caller_kind of);

template <ledger::caller_kind Kind>
[[nodiscard]] asked issue_key(call& from) {
    return issue_key(from, Kind);
}
template <ledger::caller_kind Kind>
[[nodiscard]] asked read_keys(call& from) {
    return read_keys(from, Kind);
}
template <ledger::caller_kind Kind>
[[nodiscard]] asked revoke_key(call& from) {
    return revoke_key(from, Kind);
}

} // namespace meguri::net
