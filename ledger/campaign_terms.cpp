#include "ledger/campaign_terms.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

bool is_amount(points one) noexcept { return !one.is_zero() && one.value() <= points::command_max; }

bool are_steps_possible(const std::vector<amount_step>& steps, points most) noexcept {
    if (steps.empty() || steps.size() > amount_steps_max || steps.back().amount != most) return false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (!is_amount(steps[i].amount) || steps[i].from > measure_max) return false;
        if (i > 0 && (steps[i].from <= steps[i - 1].from || steps[i].amount <= steps[i - 1].amount)) return false;
    }
    return true;
}

} // namespace

bool is_possible(const campaign_terms& terms) noexcept {
    if (terms.budget.is_zero() || terms.budget.value() > campaign_budget_max) return false;
    if (!is_amount(terms.per_grant) || terms.last_day < terms.first_day) return false;
    const bool has_steps = terms.rule == amount_rule::steps;
    if (has_steps ? !are_steps_possible(terms.steps, terms.per_grant) : !terms.steps.empty()) return false;
    const bool has_part = terms.basis_points >= 1 && terms.basis_points <= basis_points_max;
    return terms.rule == amount_rule::percentage ? has_part : terms.basis_points == 0;
}

std::optional<points> amount_of(const campaign_terms& terms, std::uint64_t measured) noexcept {
    EXPECTS(is_by_measure(terms.rule) && measured <= measure_max);
    if (terms.rule == amount_rule::steps) {
        std::optional<points> reached;
        for (const auto& one : terms.steps)
            if (one.from <= measured) reached = one.amount;
        return reached;
    }
    const auto part = points::from(static_cast<std::int64_t>(measured * terms.basis_points / basis_points_max));
    if (!part || part->is_zero()) return std::nullopt;
    return std::min(*part, terms.per_grant);
}

bool are_of_benefits(const campaign_terms& terms) noexcept {
    return is_by_measure(terms.rule) || terms.eligible_only || terms.per_person;
}

} // namespace meguri::ledger
