// Policy benefits: a list of the eligible, events with codes, and the grant to one person.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

namespace meguri::ledger {
namespace {

bool is_open_on(const campaign& of, jst_day today) noexcept {
    return of.status == campaign_status::approved && of.terms->first_day <= today && today <= of.terms->last_day;
}

// How much the person has measured: the list's word where there is one.
tl::expected<std::uint64_t, refusal> measure_for(const benefit_question& asked, const campaign& of) {
    if (!of.terms->eligible_only) return asked.measured;
    if (!of.eligible) return tl::unexpected{refusal::eligibility_missing};
    if (!asked.listed) return tl::unexpected{refusal::not_eligible};
    return *asked.listed;
}

} // namespace

tl::expected<allowed_benefit, refusal> decide(const benefit_question& asked, const campaign& of, points reserved,
                                              instant now) {
    const campaign_terms& terms = *of.terms;
    EXPECTS(are_of_benefits(terms) || asked.event != 0);
    if (!is_open_on(of, jst_day::of(now))) return tl::unexpected{refusal::campaign_not_open};
    const bool needs_person = terms.per_person || asked.event != 0;
    if (needs_person && !asked.my_key) return tl::unexpected{refusal::person_required};
    const auto measured = measure_for(asked, of);
    if (!measured) return tl::unexpected{measured.error()};
    const bool has_measure = is_by_measure(terms.rule);
    const auto amount = has_measure ? amount_of(terms, *measured) : amount_by_rule(terms, asked.amount);
    if (!amount) return tl::unexpected{has_measure ? refusal::measure_too_small : refusal::amount_not_allowed};
    const auto more = reserved.plus(*amount);
    if (!more || !of.taken_with(*more)) return tl::unexpected{refusal::budget_exceeded};
    std::optional<jst_day> last_day;
    if (terms.expires_on != jst_day{}) last_day = terms.expires_on;
    return allowed_benefit{{asked.wallet, of.program, *amount, last_day, terms.source, terms.earmark},
                           {asked.occasion, asked.my_key, terms.eligible_only ? of.eligible->position : 0, asked.event,
                            has_measure ? *measured : 0, needs_person}};
}

tl::expected<const campaign_event*, refusal> event_of(const redeem_event& asked, const campaign& of, instant now) {
    const campaign_event* const event = of.event(asked.event);
    if (event == nullptr || event->closed || now < event->begins || now >= event->ends)
        return tl::unexpected{refusal::event_not_open};
    if (!is_code_taken(*event, asked.code, now)) return tl::unexpected{refusal::event_code_over};
    return event;
}

tl::expected<benefit_granted, refusal> decide(const grant& allowed, const benefit_basis& basis,
                                              journal_position campaign, const wallet& to,
                                              const program_table& programs, instant now) {
    if (to.frozen) return tl::unexpected{refusal::wallet_frozen};
    if (basis.needs_person && !to.my_key) return tl::unexpected{refusal::person_required};
    if (to.my_key != basis.my_key) return tl::unexpected{refusal::invalid_state};
    return decide(allowed, to, programs, now).map([&](points_granted&& granted) {
        return benefit_granted{granted.wallet, campaign,    basis.occasion, basis.my_key,
                               basis.list,     basis.event, basis.measured, std::move(granted.lot)};
    });
}

tl::expected<eligibility_changed, refusal> decide(const accept_eligibility& asked, person_ref by, const campaign& of,
                                                  std::uint32_t rows, instant now) {
    if (of.status != campaign_status::approved || of.terms->last_day < jst_day::of(now))
        return tl::unexpected{refusal::campaign_not_open};
    if (!of.terms->eligible_only || of.open_eligible) return tl::unexpected{refusal::invalid_state};
    if (of.eligible && of.eligible->digest == asked.digest) return tl::unexpected{refusal::recipients_repeated};
    const auto step = of.eligible ? eligibility_step::proposal : eligibility_step::acceptance;
    return eligibility_changed{of.program, of.position, step, 0, asked.digest, rows, {}, by, {}};
}

tl::expected<eligibility_changed, refusal> decide(const decide_eligibility& asked, person_ref by, const campaign& of) {
    const auto& open = of.open_eligible;
    if (!open || of.status != campaign_status::approved) return tl::unexpected{refusal::invalid_state};
    if (by.id == 0 || by == open->maker) return tl::unexpected{refusal::second_person_required};
    const auto step = asked.approve ? eligibility_step::approval : eligibility_step::rejection;
    return eligibility_changed{of.program, of.position, step,        open->position, open->digest,
                               open->rows, {},          open->maker, asked.reason};
}

tl::expected<event_changed, refusal> decide(const open_event& asked, person_ref, const campaign& of) {
    EXPECTS(is_possible(asked.what) && asked.what.position == 0 && !asked.what.closed);
    if (of.status != campaign_status::approved) return tl::unexpected{refusal::campaign_not_open};
    if (!has_events(*of.terms)) return tl::unexpected{refusal::invalid_state};
    if (of.events.size() >= campaign_events_max) return tl::unexpected{refusal::events_exhausted};
    return event_changed{of.program, of.position, event_step::opening, asked.what, {}};
}

tl::expected<event_changed, refusal> decide(const close_event& asked, person_ref, const campaign& of) {
    const campaign_event* const event = of.event(asked.event);
    if (event == nullptr) return tl::unexpected{refusal::campaign_unknown};
    if (event->closed || of.status != campaign_status::approved) return tl::unexpected{refusal::invalid_state};
    return event_changed{of.program, of.position, event_step::closing, *event, asked.reason};
}

} // namespace meguri::ledger
