// A My Number card that pays: what its certificate and signature are found to be, apart from each other, so that
// declines come in their order of precedence. How that is found out is not the ledger's business: net/card_check does.
#pragma once

#include "ledger/calendar.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace meguri::ledger {

// What was found at the time of the payment.
struct card_facts {
    bool is_genuine = false; // chain to a pinned root, policy, use, algorithm, and the signature over this payment
    bool is_revoked = false; // by its authority
    instant begins;          // of the certificate
    instant ends;            // the last moment at which it is good

    [[nodiscard]] constexpr bool is_good_at(instant now) const noexcept {
        return is_genuine && !is_revoked && now >= begins && now <= ends;
    }
};

// How far a card's signature may be from the moment at which it is looked at, before and after.
inline constexpr std::int64_t card_signature_valid_ms = 120 * 1'000;

// What a card handed over, to be judged once it is known that the payment was not made before.
class card_evidence {
public:
    virtual ~card_evidence() = default;
    // nullopt: it cannot be told whether the certificate is revoked, so nothing may be paid with it. Any thread.
    [[nodiscard]] virtual std::optional<card_facts> judge(instant now) const = 0;
};

struct presented_card {
    instant signed_at; // as the card signed it
    std::shared_ptr<const card_evidence> evidence;
};

} // namespace meguri::ledger
