// Purchases: asked for within the program's terms, credited when the money is there, and where it cannot be told what
// money is for, two persons say it.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "ledger/joining.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

bool is_other_person(person_ref by, person_ref maker) noexcept { return by.id != 0 && by != maker; }

purchase paid_by(purchase of, points amount) {
    of.status = purchase_status::paid;
    of.credited = amount;
    return of;
}

// What the gateway captures would come on top.
bool may_be_assigned(const purchase& one) noexcept {
    return one.status == purchase_status::awaiting_payment && one.method != purchase_method::card;
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
                                               const purchase_usage& used, purchase_reference drawn, instant now,
                                               const std::optional<debit_plan>& debit) {
    EXPECTS(drawn && !asked.amount.is_zero());
    const bool by_debit = asked.method == purchase_method::account_transfer;
    EXPECTS(by_debit || !debit);
    const auto* const seller = programs.find(asked.program);
    if (seller == nullptr) return tl::unexpected{refusal::program_unknown};
    if (!seller->sale || seller->frozen) return tl::unexpected{refusal::purchase_not_offered};
    const purchase_terms& terms = *seller->sale;
    if (by_debit && !terms.debits) return tl::unexpected{refusal::purchase_not_offered};
    if (by_debit && !debit) return tl::unexpected{refusal::mandate_missing};
    if (asked.method == purchase_method::card && !terms.cards) return tl::unexpected{refusal::purchase_not_offered};
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
    made.last_day = debit ? debit->day : today.plus_days(terms.days_to_pay);
    if (debit) made.debit = purchase_debit{debit->mandate, debit_result::none};
    if (asked.method == purchase_method::card) made.card.emplace();
    return purchase_changed{
        purchase_step::request, std::make_shared<const purchase>(std::move(made)), {today, *on_day, *in_month}, {}};
}

namespace {

// What is given up on the day or in the month of its request may be asked for again.
purchase_usage usage_without(const purchase& of, const purchase_usage& used, instant now) {
    const jst_day requested_on = jst_day::of(of.requested_at);
    const auto stands = usage_on(used, jst_day::of(now));
    const auto then = usage_on({requested_on, of.amount, of.amount}, stands.day); // as far as it still counts
    const auto on_day = stands.on_day.minus(then.on_day);
    const auto in_month = stands.in_month.minus(then.in_month);
    EXPECTS(on_day && in_month);
    return {stands.day, *on_day, *in_month};
}

} // namespace

tl::expected<purchase_changed, refusal> decide(const cancel_purchase& asked, const purchase& of,
                                               const purchase_usage& used, instant now) {
    if (of.status != purchase_status::awaiting_payment) return tl::unexpected{refusal::invalid_state};
    purchase after = of;
    after.status = purchase_status::cancelled;
    return purchase_changed{purchase_step::cancellation, std::make_shared<const purchase>(std::move(after)),
                            usage_without(of, used, now), asked.reason};
}

purchase_changed not_debited(const purchase& of, debit_result why, const purchase_usage& used, instant now) {
    EXPECTS(of.debit && of.status == purchase_status::awaiting_payment);
    EXPECTS(why != debit_result::none && why != debit_result::debited);
    purchase after = of;
    after.status = purchase_status::refused;
    after.debit->result = why;
    return purchase_changed{purchase_step::debit_refusal,
                            std::make_shared<const purchase>(std::move(after)),
                            usage_without(of, used, now),
                            {}};
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
    if (meant != nullptr && !may_be_assigned(*meant)) return tl::unexpected{refusal::invalid_state};
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
    if (of.status != transfer_status::assignment_proposed || meant.reference != of.purchase || !may_be_assigned(meant))
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

// --- by card ---

tl::expected<card_answer, refusal> decide(const note_card_payment& asked, const purchase& of) {
    EXPECTS(of.card.has_value());
    const auto stage = of.card->stage;
    const bool awaits = of.status == purchase_status::awaiting_payment;
    const bool is_other = !of.card->payment.empty() && asked.payment != of.card->payment;
    const bool needs_id = asked.news != card_news::timed_out;
    if (is_other || (needs_id && asked.payment.empty())) return tl::unexpected{refusal::card_payment_differs};
    switch (asked.news) {
    case card_news::pending:
        if (!awaits) return card_answer::nothing;
        return stage == card_stage::begun || (of.card->redirect.empty() && !asked.redirect.empty())
                 ? card_answer::note
                 : card_answer::nothing;
    case card_news::declined:
    case card_news::timed_out: return awaits ? card_answer::note : card_answer::nothing;
    case card_news::captured:
        if (asked.amount != of.amount) return tl::unexpected{refusal::card_payment_differs};
        if (awaits || (of.status == purchase_status::refused &&
                       (stage == card_stage::declined || stage == card_stage::timed_out)))
            return card_answer::credit;
        return of.status == purchase_status::cancelled && is_open(stage) && stage != card_stage::refund_owed
                 ? card_answer::note
                 : card_answer::nothing;
    case card_news::refunded: return stage == card_stage::refund_owed ? card_answer::note : card_answer::nothing;
    case card_news::charged_back:
        return stage == card_stage::captured ? card_answer::charge_back : card_answer::nothing;
    }
    return card_answer::nothing;
}

purchase_changed note_card(const note_card_payment& asked, const purchase& of, const purchase_usage& used,
                           instant now) {
    purchase after = of;
    if (!asked.payment.empty()) after.card->payment = asked.payment;
    after.card->redirect.clear();
    auto step = purchase_step::card_refusal;
    purchase_usage usage;
    switch (asked.news) {
    case card_news::pending:
        step = purchase_step::card_pending;
        after.card->stage = card_stage::pending;
        after.card->redirect = asked.redirect;
        break;
    case card_news::declined:
    case card_news::timed_out:
        after.status = purchase_status::refused;
        after.card->stage = asked.news == card_news::declined ? card_stage::declined : card_stage::timed_out;
        usage = usage_without(of, used, now);
        break;
    case card_news::captured:
        step = purchase_step::card_refund_owed;
        if (of.status == purchase_status::awaiting_payment) after.status = purchase_status::refused;
        after.card->stage = card_stage::refund_owed;
        break;
    case card_news::refunded:
        step = purchase_step::card_refunded;
        after.card->stage = card_stage::refunded;
        break;
    case card_news::charged_back: EXPECTS(!"a fact of its own"); break;
    }
    return purchase_changed{step, std::make_shared<const purchase>(std::move(after)), usage, {}};
}

purchase captured(const note_card_payment& asked, const purchase& of) {
    EXPECTS(asked.news == card_news::captured && of.card);
    purchase after = paid_by(of, of.amount);
    after.card->stage = card_stage::captured;
    after.card->payment = asked.payment;
    after.card->redirect.clear();
    return after;
}

// What a payment holds is not unspent: it is the shop's. Where it comes back later, it is the resident's again, and the
// claim against them stays.
purchase_charged_back charge_back(const purchase& of, const wallet& from) {
    EXPECTS(of.card && of.refund);
    const auto left = std::ranges::find_if(
        from.lots, [&](const lot& one) { return one.terms->number == of.refund->lot && !one.available.is_zero(); });
    purchase after = of;
    after.status = purchase_status::charged_back;
    after.card->stage = card_stage::charged_back;
    auto rest = of.amount.minus(of.refund->amount);
    std::optional<lot_use> taken;
    if (left != from.lots.end()) {
        taken = lot_use{left->terms, left->available};
        rest = rest ? rest->minus(left->available) : rest;
    }
    EXPECTS(rest.has_value());
    after.card->lost = *rest;
    return {std::make_shared<const purchase>(std::move(after)), std::move(taken)};
}

// --- account transfer ---

purchase debited(const purchase& of) {
    EXPECTS(of.debit.has_value());
    purchase after = paid_by(of, of.amount);
    after.debit->result = debit_result::debited;
    return after;
}

bank_transfer transfer_of_debit(const purchase& of, transfer_mismatch why) {
    const transfer_line line{of.last_day, of.amount, {}, of.reference.text(), "DEBIT-" + of.reference.text()};
    return {of.program, 0, line, transfer_status::unmatched, why, {}, {}, {}};
}

tl::expected<mandate_changed, refusal> decide(const request_mandate& asked, const debit_mandate* newest,
                                              journal_position previous, const program_table& programs) {
    EXPECTS(asked.account != nullptr && can_be_debited(asked.account->type));
    if (const auto wrong = refusal_of(asked.verdict)) return tl::unexpected{*wrong};
    const auto* const seller = programs.find(asked.program);
    if (seller == nullptr) return tl::unexpected{refusal::program_unknown};
    if (!seller->sale || !seller->sale->debits) return tl::unexpected{refusal::purchase_not_offered};
    if (newest != nullptr && is_open(newest->status)) return tl::unexpected{refusal::mandate_exists};
    return mandate_changed{std::make_shared<const debit_mandate>(debit_mandate{
                               0, asked.program, asked.wallet, *asked.account, mandate_status::requested}),
                           previous,
                           {}};
}

tl::expected<mandate_changed, refusal> decide(const change_mandate& asked, const debit_mandate* newest,
                                              journal_position previous) {
    if (newest == nullptr || newest->position != asked.mandate || !may_become(newest->status, asked.to))
        return tl::unexpected{refusal::invalid_state};
    debit_mandate after = *newest;
    after.status = asked.to;
    return mandate_changed{std::make_shared<const debit_mandate>(std::move(after)), previous, asked.reason};
}

tl::expected<debits_ordered, refusal> decide(const order_debits& asked, bool is_any, const program_table& programs,
                                             instant now) {
    const auto* const seller = programs.find(asked.program);
    if (seller == nullptr) return tl::unexpected{refusal::program_unknown};
    if (!seller->sale || !seller->sale->debits) return tl::unexpected{refusal::purchase_not_offered};
    if (asked.account == nullptr) return tl::unexpected{refusal::collection_account_missing};
    if (!is_any || asked.day < jst_day::of(now)) return tl::unexpected{refusal::nothing_to_debit};
    return debits_ordered{std::make_shared<const debit_order>(
        debit_order{asked.program, asked.day, seller->sale->debits->consignor, *asked.account})};
}

grant grant_of(const purchase& paid) {
    const auto source =
        funding_source::parse("purchase:" + paid.program.text() + ':' + std::string{name_of(paid.method)});
    EXPECTS(source.has_value());
    return {paid.wallet, paid.program, paid.credited, std::nullopt, *source};
}

} // namespace meguri::ledger
