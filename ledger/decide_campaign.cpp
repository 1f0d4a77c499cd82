// Campaigns: one person proposes a budget, or more of it, another one approves it, and only then points are granted.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

campaign_changed step_of(const campaign& of, campaign_step step, person_ref maker, const std::string& reason) {
    return {of.program, of.position, step, 0, {}, of.budget, maker, of.terms, reason};
}

// Of what is granted; none: as the program says.
std::optional<jst_day> last_day_of(const campaign_terms& terms) noexcept {
    return terms.expires_on == jst_day{} ? std::nullopt : std::optional{terms.expires_on};
}

bool is_second_person(person_ref by, person_ref maker) noexcept { return by.id != 0 && by != maker; }

} // namespace

tl::expected<campaign_proposed, refusal> decide(const propose_campaign& asked, std::size_t known,
                                                const program_table& programs, instant now) {
    EXPECTS(asked.terms != nullptr && is_possible(*asked.terms));
    if (programs.find(asked.program) == nullptr) return tl::unexpected{refusal::program_unknown};
    if (known >= campaigns_max) return tl::unexpected{refusal::campaigns_exhausted};
    const jst_day today = jst_day::of(now);
    if (asked.terms->last_day < today) return tl::unexpected{refusal::campaign_not_open};
    if (asked.terms->expires_on != jst_day{})
        if (const auto wrong = wrong_last_day(asked.terms->expires_on, today)) return tl::unexpected{*wrong};
    return campaign_proposed{asked.program, asked.terms};
}

tl::expected<campaign_changed, refusal> decide(const decide_campaign& asked, person_ref by, const campaign& of) {
    if (of.status != campaign_status::proposed) return tl::unexpected{refusal::invalid_state};
    if (!is_second_person(by, of.maker)) return tl::unexpected{refusal::second_person_required};
    auto decided =
        step_of(of, asked.approve ? campaign_step::approval : campaign_step::rejection, of.maker, asked.reason);
    if (asked.approve) decided.budget = of.terms->budget;
    return decided;
}

tl::expected<campaign_changed, refusal> decide(const propose_increase& asked, person_ref by, const campaign& of) {
    EXPECTS(by.id != 0 && !asked.amount.is_zero());
    if (of.status != campaign_status::approved || of.open_increase) return tl::unexpected{refusal::invalid_state};
    auto proposed = step_of(of, campaign_step::increase_proposal, by, asked.reason);
    proposed.increase = of.increases + 1;
    proposed.amount = asked.amount;
    return proposed;
}

tl::expected<campaign_changed, refusal> decide(const decide_increase& asked, person_ref by, const campaign& of) {
    const auto& open = of.open_increase;
    if (!open || open->number != asked.number) return tl::unexpected{refusal::invalid_state};
    if (!is_second_person(by, open->maker)) return tl::unexpected{refusal::second_person_required};
    auto decided = step_of(of, asked.approve ? campaign_step::increase_approval : campaign_step::increase_rejection,
                           open->maker, asked.reason);
    decided.increase = open->number;
    decided.amount = open->amount;
    if (!asked.approve) return decided;
    const auto budget = of.budget.plus(open->amount);
    if (!budget) return tl::unexpected{refusal::budget_exceeded};
    decided.budget = *budget;
    return decided;
}

tl::expected<campaign_changed, refusal> decide(const close_campaign& asked, person_ref by, const campaign& of) {
    if (of.status != campaign_status::approved) return tl::unexpected{refusal::invalid_state};
    return step_of(of, campaign_step::closing, by, asked.reason);
}

tl::expected<grant, refusal> decide(const grant_from_campaign& asked, const campaign& of, points reserved,
                                    instant now) {
    const campaign_terms& terms = *of.terms;
    const jst_day today = jst_day::of(now);
    if (of.status != campaign_status::approved || today < terms.first_day || terms.last_day < today)
        return tl::unexpected{refusal::campaign_not_open};
    const auto by_rule = amount_by_rule(terms, asked.amount);
    if (!by_rule) return tl::unexpected{refusal::amount_not_allowed};
    const points amount = *by_rule;
    const auto more = reserved.plus(amount);
    if (!more || !of.taken_with(*more)) return tl::unexpected{refusal::budget_exceeded};
    return grant{asked.wallet, of.program, amount, last_day_of(terms), terms.source, terms.earmark};
}

std::optional<points> amount_by_rule(const campaign_terms& terms, std::optional<points> asked) noexcept {
    if (is_by_measure(terms.rule)) return std::nullopt;
    const points amount = asked.value_or(terms.per_grant);
    const bool allowed = terms.rule == amount_rule::fixed ? amount == terms.per_grant : amount <= terms.per_grant;
    return allowed && !amount.is_zero() ? std::optional{amount} : std::nullopt;
}

tl::expected<recipients_accepted, refusal> decide(const accept_recipients& asked, const campaign& of,
                                                  std::uint32_t rows, points sum, points reserved, instant now) {
    const jst_day today = jst_day::of(now);
    if (of.status != campaign_status::approved || today < of.terms->first_day || of.terms->last_day < today)
        return tl::unexpected{refusal::campaign_not_open};
    if (of.terms->eligible_only) return tl::unexpected{refusal::invalid_state};
    if (of.has_file(asked.digest)) return tl::unexpected{refusal::recipients_repeated};
    if (of.files.size() >= recipient_files_max) return tl::unexpected{refusal::recipients_exhausted};
    const auto more = reserved.plus(sum);
    if (!more || !of.taken_with(*more)) return tl::unexpected{refusal::budget_exceeded};
    return recipients_accepted{of.program, of.position, asked.digest, rows, sum, {}};
}

grant decide(const grant_recipient& asked, const campaign& of) {
    return grant{asked.wallet, of.program, asked.amount, last_day_of(*of.terms), of.terms->source, of.terms->earmark};
}

std::optional<left_out_reason> reason_of(refusal why) noexcept {
    switch (why) {
    case refusal::wallet_frozen: return left_out_reason::wallet_frozen;
    case refusal::wallet_unknown: return left_out_reason::wallet_unknown;
    case refusal::already_granted: return left_out_reason::already_granted;
    case refusal::balance_too_large: return left_out_reason::balance_too_large;
    case refusal::expires_in_the_past: return left_out_reason::expired;
    case refusal::person_required: return left_out_reason::person_required;
    default: return std::nullopt;
    }
}

} // namespace meguri::ledger
