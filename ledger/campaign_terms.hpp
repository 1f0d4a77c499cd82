// What a campaign is about: a budget from which a municipality grants points, between two days, by one rule.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/funding.hpp"
#include "ledger/points.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class amount_rule : std::uint8_t {
    fixed = 1, // every grant is of so many points
    up_to = 2, // of so many at most
};

[[nodiscard]] constexpr std::string_view name_of(amount_rule rule) noexcept {
    return rule == amount_rule::fixed ? "fixed" : "up_to";
}

struct campaign_terms {
    std::string name;
    funding_source source;
    points budget; // as proposed, 1 to campaign_budget_max
    jst_day first_day;
    jst_day last_day; // on which points are granted
    amount_rule rule = amount_rule::fixed;
    points per_grant;   // 1 to points::command_max
    jst_day expires_on; // of what is granted; 0: the day of the grant + the program's expiry_days
    friend bool operator==(const campaign_terms&, const campaign_terms&) = default;
};
using campaign_terms_ptr = std::shared_ptr<const campaign_terms>;

// In points: of a budget, and so many may be asked for at once.
inline constexpr std::int64_t campaign_budget_max = 1'000'000'000'000;
// So many a program may have, over all the years.
inline constexpr std::size_t campaigns_max = 4'096;

// What becomes of a proposal. Numbers are stored: never change them.
enum class campaign_step : std::uint8_t {
    approval = 1,
    rejection = 2,
    increase_proposal = 3,
    increase_approval = 4,
    increase_rejection = 5,
    closing = 6, // nothing is granted from then on
};

} // namespace meguri::ledger
