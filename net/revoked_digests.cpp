#include "net/revoked_digests.hpp"

#include "net/card_certificate.hpp"
#include "net/card_trust.hpp"
#include "storage/key_ring.hpp"

#include <algorithm>

namespace meguri::net {

std::vector<ledger::digest128> revoked_among(const std::vector<ledger::digest128>& cards, const card_trust& trust,
                                             const storage::key_ring& keys, ledger::instant now) {
    std::vector<ledger::digest128> revoked;
    const auto authorities = trust.authorities();
    const auto lists = trust.lists();
    if (lists == nullptr) return revoked;
    for (const auto& by : authorities->all())
        lists->for_each_revoked(by.name, now, trust.age_max_ms(), [&](std::string_view serial) {
            const auto digest = keys.digest_of_card(identity_of(*by.certificate, serial));
            if (std::ranges::find(cards, digest) != cards.end()) revoked.push_back(digest);
        });
    return revoked;
}

} // namespace meguri::net
