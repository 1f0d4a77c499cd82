// Purchases: asked for within the program's terms, credited when the money is there, and where it cannot be told what
// money is for, two persons say it.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

bool is_other_person(person_ref by, person_ref maker) noexcept { return by.id != 0 && by != maker; }

purchase paid_by(purchase of, points amount) {
    of.status = purchase_status::paid;
    of.credited = amount;
    return of;
}

tl::expected<void, refusal> may_decide(const bank_transfer& of, person_ref by) {
    if (!is_open(of.status) || of.status == transfer_status::unmatched) return tl::unexpected{refusal::invalid_state};
    if (!is_other_person(by, of.maker)) return tl::unexpected{refusal::second_person_required};
    return {};
}

} // namespace

tl::expected<purchase_terms_set, refusal> decide(const set_purchase_terms& asked, const program_table& programs) {
    EXPECTS(!asked.terms.minimum.is_zero() && asked.terms.minimum <= asked.terms.maximum);
    if (programs.find(asked.program) == nullptr) return tl::unexpected{refusal::program_unknown};
    return purchase_terms_set{asked.program, asked.terms, asked.reason};
}

tl::expected<purchase_changed, refusal> decide(const request_purchase& asked, const program_table& programs,
                                               const purchase_usage& used, purchase_reference drawn, instant now) {
    EXPECTS(drawn && !asked.amount.is_zero());
    const auto* const seller = programs.find(asked.program);
    if (seller == nullptr) return tl::unexpected{refusal::program_unknown};
    if (!seller->sale || seller->frozen) return tl::unexpected{refusal::purchase_not_offered};
    const purchase_terms& terms = *seller->sale;
    if (asked.amount < terms.minimum || terms.maximum < asked.amount)
        return tl::unexpected{refusal::purchase_amount_not_allowed};
    const jst_day today = jst_day::of(now);
    const auto before = usage_on(used, today);
    const auto on_day = before.on_day.plus(asked.amount);
    const auto in_month = before.in_month.plus(asked.amount);
    if (!on_day || !in_month || terms.per_day < *on_day || terms.per_month < *in_month)
        return tl::unexpected{refusal::purchase_limit_reached};
    purchase made;
    made.reference = drawn;
    made.program = asked.program;
    made.wallet = asked.wallet;
    made.amount = asked.amount;
    made.method = asked.method;
    made.requested_at = now;
    made.last_day = today.plus_days(terms.days_to_pay);
    return purchase_changed{
        purchase_step::request, std::make_shared<const purchase>(std::move(made)), {today, *on_day, *in_month}, {}};
}

// What is given up on the day or in the month of its request may be asked for again.
tl::expected<purchase_changed, refusal> decide(const cancel_purchase& asked, const purchase& of,
                                               const purchase_usage& used, instant now) {
    if (of.status != purchase_status::awaiting_payment) return tl::unexpected{refusal::invalid_state};
    purchase after = of;
    after.status = purchase_status::cancelled;
    const jst_day requested_on = jst_day::of(of.requested_at);
    const auto stands = usage_on(used, jst_day::of(now));
    const auto then = usage_on({requested_on, of.amount, of.amount}, stands.day); // as far as it still counts
    const auto on_day = stands.on_day.minus(then.on_day);
    const auto in_month = stands.in_month.minus(then.in_month);
    EXPECTS(on_day && in_month);
    return purchase_changed{purchase_step::cancellation,
                            std::make_shared<const purchase>(std::move(after)),
                            {stands.day, *on_day, *in_month},
                            asked.reason};
}

taken_transfer decide(const take_transfer& asked, const purchase* meant) {
    const auto reading = read_reference(asked.line.reference, asked.line.remitter);
    const auto why = mismatch_of(asked.line, reading, meant);
    taken_transfer taken{{asked.program, 0, asked.line, transfer_status::unmatched, why, {}, {}, {}}, std::nullopt};
    if (why != transfer_mismatch::none) return taken;
    taken.transfer.status = transfer_status::matched;
    taken.transfer.purchase = meant->reference;
    taken.paid = paid_by(*meant, asked.line.amount);
    return taken;
}

tl::expected<transfer_changed, refusal> decide(const propose_for_transfer& asked, person_ref by,
                                               const bank_transfer& of, const purchase* meant) {
    EXPECTS(by.id != 0 && static_cast<bool>(asked.purchase) == (meant != nullptr));
    if (of.status != transfer_status::unmatched) return tl::unexpected{refusal::invalid_state};
    if (meant != nullptr && meant->status != purchase_status::awaiting_payment)
        return tl::unexpected{refusal::invalid_state};
    bank_transfer after = of;
    after.status = meant != nullptr ? transfer_status::assignment_proposed : transfer_status::return_proposed;
    after.purchase = asked.purchase;
    after.maker = by;
    after.reason = asked.reason;
    return transfer_changed{meant != nullptr ? transfer_step::assignment_proposal : transfer_step::return_proposal,
                            std::make_shared<const bank_transfer>(std::move(after))};
}

tl::expected<transfer_changed, refusal> decide(const decide_transfer& asked, person_ref by, const bank_transfer& of) {
    if (auto may = may_decide(of, by); !may) return tl::unexpected{may.error()};
    if (asked.approve && of.status != transfer_status::return_proposed) return tl::unexpected{refusal::invalid_state};
    bank_transfer after = of;
    after.status = asked.approve ? transfer_status::to_return : transfer_status::unmatched;
    if (!asked.approve) after.purchase = {};
    after.reason = asked.reason;
    return transfer_changed{asked.approve ? transfer_step::return_approval : transfer_step::rejection,
                            std::make_shared<const bank_transfer>(std::move(after))};
}

tl::expected<taken_transfer, refusal> decide_assignment(const decide_transfer& asked, person_ref by,
                                                        const bank_transfer& of, const purchase& meant) {
    EXPECTS(asked.approve);
    if (auto may = may_decide(of, by); !may) return tl::unexpected{may.error()};
    if (of.status != transfer_status::assignment_proposed || meant.reference != of.purchase ||
        meant.status != purchase_status::awaiting_payment)
        return tl::unexpected{refusal::invalid_state};
    bank_transfer after = of;
    after.status = transfer_status::assigned;
    after.reason = asked.reason;
    return taken_transfer{std::move(after), paid_by(meant, of.line.amount)};
}

// --- back again ---

tl::expected<purchase_changed, refusal> decide(const propose_refund& asked, person_ref by, const purchase& of,
                                               const program_table& programs, instant now) {
    EXPECTS(by.id != 0);
    if (of.status != purchase_status::paid || of.refund->maker.id != 0) return tl::unexpected{refusal::invalid_state};
    const auto* const seller = programs.find(of.program);
    const std::int32_t days = seller != nullptr && seller->sale ? seller->sale->refund_days : 0;
    if (days == 0 || of.refund->paid_on.plus_days(days) < jst_day::of(now))
        return tl::unexpected{refusal::refund_not_allowed};
    purchase after = of;
    after.refund->maker = by;
    after.refund->reason = asked.reason;
    return purchase_changed{
        purchase_step::refund_proposal, std::make_shared<const purchase>(std::move(after)), {}, asked.reason};
}

namespace {

tl::expected<void, refusal> may_decide_refund(const purchase& of, person_ref by) {
    if (of.status != purchase_status::paid || of.refund->maker.id == 0) return tl::unexpected{refusal::invalid_state};
    if (!is_other_person(by, of.refund->maker)) return tl::unexpected{refusal::second_person_required};
    return {};
}

} // namespace

tl::expected<purchase_changed, refusal> reject(const decide_refund& asked, person_ref by, const purchase& of) {
    if (auto may = may_decide_refund(of, by); !may) return tl::unexpected{may.error()};
    purchase after = of;
    after.refund->maker = {};
    after.refund->reason = asked.reason;
    return purchase_changed{
        purchase_step::refund_rejection, std::make_shared<const purchase>(std::move(after)), {}, asked.reason};
}

// What a payment holds is not unspent: it is the shop's, or comes back later.
tl::expected<purchase_refunded, refusal> approve(const decide_refund& asked, person_ref by, const purchase& of,
                                                 const wallet& from) {
    if (auto may = may_decide_refund(of, by); !may) return tl::unexpected{may.error()};
    const auto left = std::ranges::find_if(
        from.lots, [&](const lot& one) { return one.terms->number == of.refund->lot && !one.available.is_zero(); });
    if (left == from.lots.end()) return tl::unexpected{refusal::nothing_unspent};
    purchase after = of;
    after.status = purchase_status::refunded;
    after.refund->amount = left->available;
    after.refund->reason = asked.reason;
    return purchase_refunded{std::make_shared<const purchase>(std::move(after)), {left->terms, left->available}};
}

grant grant_of(const purchase& paid) {
    const auto source =
        funding_source::parse("purchase:" + paid.program.text() + ':' + std::string{name_of(paid.method)});
    EXPECTS(source.has_value());
    return {paid.wallet, paid.program, paid.credited, std::nullopt, *source};
}

} // namespace meguri::ledger
