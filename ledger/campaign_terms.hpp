// What a campaign is about: a budget from which a municipality grants points, between two days, by one rule.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/category_set.hpp"
#include "ledger/funding.hpp"
#include "ledger/points.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class amount_rule : std::uint8_t {
    fixed = 1, // every grant is of so many points
    up_to = 2, // of so many at most
    // What follows from a measured number: a counted activity, or the sum of purchases.
    steps = 3,      // so many from each threshold on
    percentage = 4, // a part of it, so many at most
};

[[nodiscard]] constexpr std::string_view name_of(amount_rule rule) noexcept {
    constexpr std::array<std::string_view, 4> names{"fixed", "up_to", "steps", "percentage"};
    return names[static_cast<std::size_t>(rule) - 1];
}
[[nodiscard]] constexpr bool is_by_measure(amount_rule rule) noexcept {
    return rule == amount_rule::steps || rule == amount_rule::percentage;
}

// So many points to whoever has measured so much, or more, up to the next step.
struct amount_step {
    std::uint64_t from = 0; // 0 to measure_max
    points amount;          // 1 to points::command_max
    friend bool operator==(const amount_step&, const amount_step&) = default;
};
inline constexpr std::size_t amount_steps_max = 20;
// Of what is measured: steps, times, yen. Times basis_points_max it is still a number of 64 bits.
inline constexpr std::uint64_t measure_max = 1'000'000'000'000;
inline constexpr std::uint32_t basis_points_max = 10'000; // the whole

struct campaign_terms {
    std::string name;
    funding_source source;
    points budget; // as proposed, 1 to campaign_budget_max
    jst_day first_day;
    jst_day last_day; // on which points are granted
    amount_rule rule = amount_rule::fixed;
    points per_grant;   // 1 to points::command_max; by steps or a percentage: the most that comes of it
    jst_day expires_on; // of what is granted; 0: the day of the grant + the program's expiry_days
    std::vector<amount_step> steps = {}; // of that rule: 1 to amount_steps_max, rising in both
    std::uint32_t basis_points = 0;      // of a percentage: hundredths of a percent, 1 to basis_points_max
    bool eligible_only = false;          // who is on the campaign's list of the eligible, each once
    bool per_person = false;             // the occasions are for persons: wallets with an active MyKey ID alone
    category_set earmark = {};           // of what is granted; empty: it is good at every merchant
    friend bool operator==(const campaign_terms&, const campaign_terms&) = default;
};
using campaign_terms_ptr = std::shared_ptr<const campaign_terms>;

// Whether terms can be so: amounts in their ranges, days in order, and of a rule what belongs to it, nothing else.
[[nodiscard]] bool is_possible(const campaign_terms& terms) noexcept;

// What the rule gives to whoever has measured so much: by steps what the highest one reached says, by a percentage the
// whole points of it, at most per_grant. nullopt: nothing. Contract: the rule is one of the two, the measure in range.
[[nodiscard]] std::optional<points> amount_of(const campaign_terms& terms, std::uint64_t measured) noexcept;

// Whether the terms say what campaigns did not say before there were benefits.
[[nodiscard]] bool are_of_benefits(const campaign_terms& terms) noexcept;

// Whether residents may redeem codes of events: not where a list says who is granted, or a measure how much.
[[nodiscard]] constexpr bool has_events(const campaign_terms& terms) noexcept {
    return !terms.eligible_only && !is_by_measure(terms.rule);
}

// The occasion of every grant to the eligible: it comes once for each person.
inline constexpr std::string_view benefit_occasion = "benefit";

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
