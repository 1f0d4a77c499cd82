// Undecided points: how they come, where they go when nobody chooses, and their one way out.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "ledger/undecided.hpp"

#include <algorithm>
#include <tuple>

namespace meguri::ledger {
namespace {

std::vector<lot_use> undecided_of(const wallet& state) {
    std::vector<lot_use> found;
    for (const auto& one : state.lots)
        if (is_undecided(one.terms->program) && !one.available.is_zero()) found.push_back({one.terms, one.available});
    // They lie by partner: here the oldest ones come first.
    std::ranges::sort(found, {}, [](const lot_use& one) { return std::tie(one.lot->issued_at, one.lot->number); });
    return found;
}

// The rest of the last lot stays. Contract: the lots have that much.
void keep_first(std::vector<lot_use>& lots, points amount) {
    points missing = amount;
    auto at = lots.begin();
    for (; !missing.is_zero(); ++at) {
        EXPECTS(at != lots.end());
        at->amount = std::min(at->amount, missing);
        missing = *missing.minus(at->amount);
    }
    lots.erase(at, lots.end());
}

points_transferred transfer(const wallet& of, std::vector<lot_use> from, const program& to, instant now) {
    points_transferred made{of.id, false, std::move(from), {}};
    const jst_day expires_on = jst_day::of(now).plus_days(to.expiry_days);
    std::uint32_t number = of.lots_issued;
    for (const auto& one : made.from) {
        auto terms = std::make_shared<const lot_terms>(lot_terms{++number, to.code, one.lot->source, expires_on, now});
        made.to.push_back({std::move(terms), one.amount});
    }
    return made;
}

} // namespace

tl::expected<points_granted, refusal> decide(const credit_undecided& asked, const wallet& to, instant now) {
    EXPECTS(!asked.amount.is_zero() && asked.source.kind() == funding_kind::partner);
    if (!to.has_room_for(asked.amount)) return tl::unexpected{refusal::balance_too_large};
    auto terms = std::make_shared<const lot_terms>(
        lot_terms{to.lots_issued + 1, undecided_program(asked.partner), asked.source, never_expires, now});
    return points_granted{to.id, {std::move(terms), asked.amount}};
}

tl::expected<home_chosen, refusal> decide(const choose_home& asked, const wallet& of, const program_table& programs) {
    if (programs.find(asked.municipality) == nullptr) return tl::unexpected{refusal::program_unknown};
    return home_chosen{of.id, asked.municipality};
}

tl::expected<points_transferred, refusal> decide(const transfer_undecided& asked, const wallet& of,
                                                 const program_table& programs, instant now) {
    const program* const chosen = programs.find(asked.program);
    if (chosen == nullptr) return tl::unexpected{refusal::program_unknown};
    auto from = undecided_of(of);
    if (from.empty()) return tl::unexpected{refusal::nothing_undecided};
    points all;
    for (const auto& one : from) all = *all.plus(one.amount); // has_room_for() saw to it
    if (asked.amount) {
        EXPECTS(!asked.amount->is_zero());
        if (*asked.amount > all) return tl::unexpected{refusal::amount_exceeds_remaining};
        keep_first(from, *asked.amount);
    }
    return transfer(of, std::move(from), *chosen, now);
}

std::optional<points_transferred> due_transfer(const wallet& state, const program_table& programs, instant now) {
    if (!state.home) return std::nullopt;
    auto from = undecided_of(state);
    std::erase_if(from, [now](const lot_use& one) { return now < decided_by_default_at(one.lot->issued_at); });
    if (from.empty()) return std::nullopt;
    const program* const home = programs.find(state.home);
    EXPECTS(home != nullptr); // it was there when it was chosen, and programs stay
    auto made = transfer(state, std::move(from), *home, now);
    made.by_default = true;
    return made;
}

} // namespace meguri::ledger
