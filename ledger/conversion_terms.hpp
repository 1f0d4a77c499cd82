// By which terms a partner's points become ours (domain rule 15), and what a coupon of a partner is worth.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/digest.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/points.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace meguri::ledger {

// An exact fraction: so many points for so many of the partner's units. Each 1 to part_max.
struct conversion_rate {
    static constexpr std::uint32_t part_max = 1'000'000;
    std::uint32_t points = 1;
    std::uint32_t units = 1;
    friend bool operator==(const conversion_rate&, const conversion_rate&) noexcept = default;
};

// So many units at once, at most: times the largest rate they are still counted in 64 bits.
inline constexpr std::uint64_t conversion_units_max = 1'000'000'000'000;

struct conversion_terms {
    std::string unit; // what the partner calls its points: マイル
    conversion_rate rate;
    std::uint64_t minimum = 1;             // units at once
    std::uint64_t step = 1;                // units come in multiples of it
    std::optional<points> per_person_day;  // credited to one person on a day of Japan, coupons included; none: no limit
    std::optional<points> per_partner_day; // to all together
    friend bool operator==(const conversion_terms&, const conversion_terms&) = default;
};
using conversion_terms_ptr = std::shared_ptr<const conversion_terms>;

// floor(units x rate), and how many whole units were not needed for so many points: they stay with the partner.
struct converted_units {
    points amount;
    std::uint64_t remainder = 0;
    friend bool operator==(const converted_units&, const converted_units&) noexcept = default;
};
// Contract: units are conversion_units_max at most.
[[nodiscard]] converted_units convert(std::uint64_t units, const conversion_rate& rate) noexcept;

// Whether terms can be such: parts in range, a minimum in steps that gives a point at least, limits that can be passed.
[[nodiscard]] bool are_possible(const conversion_terms& terms) noexcept;

// Numbers are stored: never change them.
enum class conversion_terms_step : std::uint8_t { proposal = 1, approval = 2, rejection = 3 };

// What a one-time code of a partner is good for. Decided when it is issued: later terms do not change it.
struct coupon {
    std::uint32_t number = 0; // among the partner's, from 1
    std::string reference;    // the partner's own, once for ever among its conversions and coupons
    std::uint64_t units = 0;  // 0: its value was said in points
    std::uint64_t remainder = 0;
    points amount;           // 1 to points::command_max
    std::uint32_t terms = 0; // the number of the partner's terms then
    program_code program;    // none: whoever redeems it chooses, or nobody
    jst_day last_day;        // on which it is redeemed
    digest128 code;
    friend bool operator==(const coupon&, const coupon&) = default;
};
using coupon_ptr = std::shared_ptr<const coupon>;

// Numbers are stored: never change them.
enum class coupon_step : std::uint8_t { issue = 1, block = 2 };

} // namespace meguri::ledger
