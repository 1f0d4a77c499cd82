// Corrections: one person proposes, another one decides, and only then points move.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

// In the order of spending, from lots of that source alone; nullopt where they do not have that much.
std::optional<std::vector<lot_use>> lots_of_source(const wallet& of, const correction& what) {
    std::vector<lot_use> chosen;
    points missing = what.amount;
    for (const auto& one : of.lots) {
        const bool fits = one.terms->program == what.program && one.terms->source == what.source;
        if (!fits || one.available.is_zero()) continue;
        const points taken = std::min(missing, one.available);
        chosen.push_back({one.terms, taken});
        missing = *missing.minus(taken);
        if (missing.is_zero()) return chosen;
    }
    return std::nullopt;
}

} // namespace

tl::expected<correction_proposed, refusal> decide(const propose_correction& asked, const wallet& of,
                                                  const program_table& programs, instant now) {
    EXPECTS(asked.what != nullptr && !asked.what->amount.is_zero());
    const program* const corrected = programs.find(asked.what->program);
    if (corrected == nullptr) return tl::unexpected{refusal::program_unknown};
    if (of.corrections.size() >= corrections_max) return tl::unexpected{refusal::corrections_exhausted};
    if (asked.what->kind == correction_kind::debit) return correction_proposed{of.id, asked.what};
    const jst_day today = jst_day::of(now);
    correction what = *asked.what;
    if (what.expires_on == jst_day{}) what.expires_on = today.plus_days(corrected->expiry_days);
    if (const auto wrong = wrong_last_day(what.expires_on, today)) return tl::unexpected{*wrong};
    return correction_proposed{of.id, std::make_shared<const correction>(std::move(what))};
}

tl::expected<correction_decided, refusal> decide(const decide_correction& asked, person_ref checker, const wallet& of,
                                                 instant now) {
    const open_correction* const open = of.correction_at(asked.proposal);
    if (open == nullptr) return tl::unexpected{refusal::invalid_state};
    if (checker.id == 0 || checker == open->maker) return tl::unexpected{refusal::second_person_required};
    const correction& what = *open->what;
    correction_decided decided{of.id, asked.proposal, open->sequence, open->maker, asked.approve, open->what,
                               {},    asked.reason};
    if (!asked.approve) return decided;
    if (what.kind == correction_kind::debit) {
        auto lots = lots_of_source(of, what);
        if (!lots) return tl::unexpected{refusal::amount_exceeds_remaining};
        decided.lots = *std::move(lots);
        return decided;
    }
    if (what.expires_on < jst_day::of(now)) return tl::unexpected{refusal::expires_in_the_past};
    if (!of.has_room_for(what.amount)) return tl::unexpected{refusal::balance_too_large};
    decided.lots.push_back({std::make_shared<const lot_terms>(
                                lot_terms{of.lots_issued + 1, what.program, what.source, what.expires_on, now}),
                            what.amount});
    return decided;
}

} // namespace meguri::ledger
