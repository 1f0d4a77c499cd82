// Freezing and unfreezing: POST /v1/{wallets|merchants|terminals|shops|programs}/{id}/{freeze|unfreeze}.
#pragma once

#include "ledger/entry.hpp"
#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked set_freeze(call& from, ledger::freeze_subject subject, bool frozen);

// The same as rows of the table want it.
template <ledger::freeze_subject Subject, bool Frozen>
[[nodiscard]] asked set_freeze(call& from) {
    return set_freeze(from, Subject, Frozen);
}

} // namespace meguri::net
