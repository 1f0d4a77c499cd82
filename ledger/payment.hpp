// The words of a payment: its status, why it was declined, what it took from which lot. Numbers are stored in the
// journal: never change them.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/category_set.hpp"
#include "ledger/funding.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/points.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace meguri::ledger {

enum class payment_status : std::uint8_t {
    authorized = 1,
    captured = 2,
    voided = 3,
    expired = 4,
    refunded = 5,
    reversed = 6,
    declined = 7,
};

// In order of precedence: where several apply, the first is the answer.
enum class decline_code : std::uint8_t {
    none = 0,
    reversed_before_arrival = 1,
    terminal_inactive = 2,
    merchant_inactive = 3,
    credential_unknown = 4,
    credential_invalid = 5,
    credential_revoked = 6,
    credential_blocked = 7,
    credential_used = 8,
    credential_expired = 9,
    wallet_frozen = 10,
    program_not_accepted = 11,
    program_frozen = 12,
    limit_exceeded = 13,
    insufficient_points = 14,
};
inline constexpr std::size_t decline_codes = 14;

[[nodiscard]] std::string_view name_of(payment_status status) noexcept;
// Empty for none.
[[nodiscard]] std::string_view name_of(decline_code code) noexcept;

// What a code printed on a card or shown on a screen is good for; and the card that needs none.
enum class code_kind : std::uint8_t {
    card = 1,           // lasting
    once = 2,           // one approval within code_once_valid_ms
    my_number_card = 3, // known by its certificate, until it is retired
};
inline constexpr std::int64_t code_once_valid_ms = 5 * 60 * 1000;

// What never changes of a lot: written once by its grant, carried by every entry that touches the lot, so that a refund
// can restore the lot even after it was spent and forgotten. Shared, never copied, on the way of a payment.
struct lot_terms {
    std::uint32_t number = 0; // within the wallet, from 1, in the order of issue
    program_code program;
    funding_source source;
    jst_day expires_on; // usable through 23:59:59 JST of this day
    instant issued_at;
    category_set earmark = {}; // empty: good at every merchant that takes the program

    // Whether it can be spent at a merchant of these categories.
    [[nodiscard]] bool is_good_at(const category_set& categories) const noexcept {
        return earmark.empty() || earmark.meets(categories);
    }
    friend auto operator<=>(const lot_terms&, const lot_terms&) = default;
};
using lot_terms_ptr = std::shared_ptr<const lot_terms>;

struct lot_use {
    lot_terms_ptr lot;
    points amount;
};

} // namespace meguri::ledger
