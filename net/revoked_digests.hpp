// Which cards are revoked of those that the ledger knows by a keyed digest alone: a list says numbers, so each of them
// is made into such a digest. Takes a second for a million; not on an io thread.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/digest.hpp"

#include <vector>

namespace meguri::storage {
class key_ring;
}

namespace meguri::net {

class card_trust;

// Those of `cards` that the lists in use revoke; none where there are no lists, or they are too old: what is not known
// to be revoked is not.
[[nodiscard]] std::vector<ledger::digest128> revoked_among(const std::vector<ledger::digest128>& cards,
                                                           const card_trust& trust, const storage::key_ring& keys,
                                                           ledger::instant now);

} // namespace meguri::net
