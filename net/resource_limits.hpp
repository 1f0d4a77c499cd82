// Limits on payments: POST /v1/{wallets|programs|merchants|terminals|shops}/{id}/limits.
#pragma once

#include "ledger/limits.hpp"
#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked set_limits(call& from, ledger::limit_subject subject);

// The same as rows of the table want it.
template <ledger::limit_subject Subject>
[[nodiscard]] asked set_limits(call& from) {
    return set_limits(from, Subject);
}

} // namespace meguri::net
