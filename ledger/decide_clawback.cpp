// What is unspent of a campaign's grants is taken back: one person proposes it, another one approves it.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>

namespace meguri::ledger {

tl::expected<clawback_changed, refusal> decide(const propose_clawback& asked, person_ref by, const campaign& of,
                                               std::uint32_t rows) {
    if (of.status != campaign_status::approved && of.status != campaign_status::closed)
        return tl::unexpected{refusal::campaign_not_open};
    if (rows == 0) return tl::unexpected{refusal::nothing_granted};
    if (of.clawbacks.size() >= clawbacks_max) return tl::unexpected{refusal::clawbacks_exhausted};
    clawback_changed proposed;
    proposed.program = of.program;
    proposed.campaign = of.position;
    proposed.is_of_all = asked.file == nullptr;
    proposed.rows = rows;
    proposed.maker = by;
    proposed.reason = asked.reason;
    return proposed;
}

tl::expected<clawback_changed, refusal> decide(const decide_clawback& asked, person_ref by, const campaign& of) {
    const campaign_clawback* const open = of.clawback(asked.clawback);
    if (open == nullptr) return tl::unexpected{refusal::campaign_unknown};
    if (open->status != clawback_status::proposed) return tl::unexpected{refusal::invalid_state};
    if (by.id == 0 || by == open->maker) return tl::unexpected{refusal::second_person_required};
    clawback_changed decided;
    decided.program = of.program;
    decided.campaign = of.position;
    decided.step = asked.approve ? clawback_step::approval : clawback_step::rejection;
    decided.clawback = open->position;
    decided.maker = open->maker;
    decided.reason = asked.reason;
    return decided;
}

tl::expected<points_clawed_back, refusal> decide(const claw_back_row& asked, const wallet& from) {
    const auto left = std::ranges::find_if(from.lots, [&](const lot& one) {
        return one.terms->number == asked.lot && one.terms->program == asked.program && !one.available.is_zero();
    });
    if (left == from.lots.end()) return tl::unexpected{refusal::nothing_unspent};
    return points_clawed_back{from.id, asked.campaign, asked.clawback, asked.row, {left->terms, left->available}};
}

} // namespace meguri::ledger
