// A purchase that is paid by card through a gateway (決済代行会社). Card numbers never come here: the resident gives
// them to the gateway, on its pages, and so passes 3-D Secure. The request is durable before the gateway is asked for
// the first time, under the purchase's reference as its idempotency key, so who follows it after a crash asks for the
// same payment.
//
//   begun --(the gateway has it)--> pending --(captured)--> captured --> charged_back
//                                           --(declined)--> declined ---(captured all the same)--> captured
//                                           --(given up)--> timed_out --(captured late)----------> captured
//   whatever cannot be credited any more when it is captured --> refund_owed --(the gateway has)--> refunded
//
// Captured late is credited all the same, once: the person paid, and asked for nothing else meanwhile that would stand
// against it. Only what was cancelled, or what the wallet cannot take, is paid back by the gateway.
#pragma once

#include "ledger/points.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class card_stage : std::uint8_t {
    begun = 1,
    pending = 2,
    captured = 3,
    declined = 4,
    timed_out = 5,
    refund_owed = 6,
    refunded = 7,
    charged_back = 8,
};

struct purchase_card {
    static constexpr std::size_t payment_max = 64; // characters, ASCII
    static constexpr std::size_t redirect_max = 1'024;

    card_stage stage = card_stage::begun;
    std::string payment;  // the gateway's id; empty: it has said none yet
    std::string redirect; // where the resident goes next; empty likewise
    points lost;          // of a chargeback: what was spent already, and nobody pays for any more
    friend bool operator==(const purchase_card&, const purchase_card&) = default;
};

// What the gateway says of a payment, by whatever way; `timed_out` is our own word.
enum class card_news : std::uint8_t { pending, captured, declined, timed_out, refunded, charged_back };

[[nodiscard]] std::string_view name_of(card_stage stage) noexcept;

// Whether the gateway is still to be asked about it.
[[nodiscard]] constexpr bool is_open(card_stage stage) noexcept {
    return stage == card_stage::begun || stage == card_stage::pending || stage == card_stage::refund_owed;
}

} // namespace meguri::ledger
