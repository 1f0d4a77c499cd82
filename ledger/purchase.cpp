#include "ledger/purchase.hpp"

#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "ledger/entry.hpp"

#include <string>

namespace meguri::ledger {
namespace {

std::string month_of(jst_day day) { return to_date(day).substr(0, 7); }

bool is_within(const purchase_terms& terms, points amount) noexcept {
    return terms.minimum <= amount && amount <= terms.maximum;
}

struct purchase_following {
    const purchase_before& before;
    const entry& one;

    bool operator()(const purchase_changed& fact) const {
        switch (fact.step) {
        case purchase_step::request: return requested(fact);
        case purchase_step::cancellation: return cancelled(fact);
        case purchase_step::refund_proposal: return refund_proposed(fact);
        case purchase_step::refund_rejection: return refund_rejected(fact);
        case purchase_step::debit_refusal: return not_debited(fact);
        case purchase_step::card_pending:
        case purchase_step::card_refusal:
        case purchase_step::card_refund_owed:
        case purchase_step::card_refunded: return told_by_gateway(fact);
        }
        return false;
    }
    bool operator()(const purchase_captured& fact) const {
        if (before.bought == nullptr || !before.bought->card || !fact.after->card) return false;
        const purchase& stood = *before.bought;
        const auto stage = stood.card->stage;
        const bool can_be = stood.status == purchase_status::awaiting_payment ||
                            (stood.status == purchase_status::refused &&
                             (stage == card_stage::declined || stage == card_stage::timed_out));
        purchase expected = stood;
        expected.status = purchase_status::paid;
        expected.credited = stood.amount;
        expected.card->stage = card_stage::captured;
        expected.card->redirect.clear();
        expected.card->payment = fact.after->card->payment;
        return can_be && same_payment(*fact.after) && *fact.after == expected && fact.lot.amount == stood.amount &&
               fact.lot.lot->program == stood.program && fact.lot.lot->source.kind() == funding_kind::purchase;
    }
    bool operator()(const purchase_charged_back& fact) const {
        if (before.bought == nullptr || !before.bought->card || !before.bought->refund || !fact.after->card)
            return false;
        const purchase& stood = *before.bought;
        purchase expected = stood;
        expected.status = purchase_status::charged_back;
        expected.card->stage = card_stage::charged_back;
        expected.card->lost = fact.after->card->lost;
        const auto taken = fact.lot ? fact.lot->amount : points{};
        const auto covered = taken.plus(stood.refund->amount);
        const bool was_paid = stood.status == purchase_status::paid || stood.status == purchase_status::refunded;
        return was_paid && *fact.after == expected && covered && covered->plus(expected.card->lost) == stood.amount &&
               (!fact.lot || (!taken.is_zero() && fact.lot->lot->number == stood.refund->lot &&
                              fact.lot->lot->program == stood.program));
    }
    bool operator()(const mandate_changed& fact) const {
        const debit_mandate& after = *fact.after;
        if (!may_step(after) || !can_be_debited(after.account.type)) return false;
        if (after.status == mandate_status::requested)
            return before.mandate == nullptr || !is_open(before.mandate->status);
        if (before.mandate == nullptr || !may_become(before.mandate->status, after.status)) return false;
        debit_mandate expected = *before.mandate;
        expected.status = after.status;
        return after == expected;
    }
    bool operator()(const debits_ordered& fact) const {
        return one.person != 0 && !before.is_day_ordered && before.terms != nullptr && before.terms->debits &&
               before.terms->debits->consignor == fact.what->consignor && jst_day::of(one.decided_at) <= fact.what->day;
    }
    bool operator()(const purchase_debited& fact) const {
        if (before.bought == nullptr || before.bought->status != purchase_status::awaiting_payment ||
            !before.bought->debit || !before.is_ordered || one.person == 0)
            return false;
        return *fact.after == debited(*before.bought) && fact.lot.amount == before.bought->amount &&
               fact.lot.lot->program == before.bought->program && fact.lot.lot->source.kind() == funding_kind::purchase;
    }
    bool operator()(const purchase_refunded& fact) const {
        if (!has_open_refund() || !is_second()) return false;
        purchase expected = *before.bought;
        expected.status = purchase_status::refunded;
        expected.refund->amount = fact.lot.amount;
        expected.refund->reason = fact.after->refund ? fact.after->refund->reason : std::string{};
        return *fact.after == expected && !fact.lot.amount.is_zero() && fact.lot.amount <= expected.credited &&
               fact.lot.lot->number == expected.refund->lot && fact.lot.lot->program == expected.program;
    }
    bool operator()(const purchase_paid& fact) const {
        const purchase& after = *fact.after;
        const bank_transfer& came = *fact.transfer;
        if (before.bought == nullptr || before.bought->status != purchase_status::awaiting_payment) return false;
        purchase expected = *before.bought;
        expected.status = purchase_status::paid;
        expected.credited = came.line.amount;
        return after == expected && came.purchase == after.reference && came.program == after.program &&
               (came.status == transfer_status::matched ? matched(came) : assigned(came)) &&
               fact.lot.amount == came.line.amount && fact.lot.lot->program == after.program &&
               fact.lot.lot->source.kind() == funding_kind::purchase;
    }
    bool operator()(const transfer_changed& fact) const {
        const bank_transfer& after = *fact.after;
        if (fact.step == transfer_step::arrival)
            return before.transfer == nullptr && one.person != 0 && after.status == transfer_status::unmatched &&
                   after.why != transfer_mismatch::none && !after.line.amount.is_zero();
        if (before.transfer == nullptr || one.person == 0) return false;
        const bank_transfer& stood = *before.transfer;
        const bool is_same = after.line == stood.line && after.program == stood.program && after.why == stood.why &&
                             after.position == stood.position;
        return is_same && step(fact.step, stood, after);
    }
    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }

private:
    [[nodiscard]] bool has_open_refund() const {
        return before.bought != nullptr && before.bought->status == purchase_status::paid && before.bought->refund &&
               before.bought->refund->maker.id != 0;
    }
    [[nodiscard]] bool is_second() const { return one.person != 0 && one.asked_by() != before.bought->refund->maker; }
    [[nodiscard]] bool refund_proposed(const purchase_changed& fact) const {
        if (before.bought == nullptr || before.bought->status != purchase_status::paid || has_open_refund() ||
            before.terms == nullptr || one.person == 0 || !before.bought->refund)
            return false;
        purchase expected = *before.bought;
        expected.refund->maker = one.asked_by();
        expected.refund->reason = fact.reason;
        const auto last = expected.refund->paid_on.plus_days(before.terms->refund_days);
        return *fact.after == expected && before.terms->refund_days > 0 && jst_day::of(one.decided_at) <= last;
    }
    // Residents have their own mandate, begin and end it; what the bank says of it a person of the program tells.
    [[nodiscard]] bool may_step(const debit_mandate& after) const {
        if (one.caller.kind != caller_kind::resident) return one.person != 0;
        const bool is_theirs = after.status == mandate_status::requested || after.status == mandate_status::ended;
        return is_theirs && one.caller.id == after.wallet.value();
    }
    [[nodiscard]] bool refund_rejected(const purchase_changed& fact) const {
        if (!has_open_refund() || !is_second()) return false;
        purchase expected = *before.bought;
        expected.refund->maker = {};
        expected.refund->reason = fact.reason;
        return *fact.after == expected;
    }
    [[nodiscard]] bool requested(const purchase_changed& fact) const {
        const purchase& after = *fact.after;
        const jst_day today = jst_day::of(one.decided_at);
        const auto used = usage_on(before.usage, today);
        return before.bought == nullptr && before.terms != nullptr && is_within(*before.terms, after.amount) &&
               after.reference && after.status == purchase_status::awaiting_payment && after.credited.is_zero() &&
               may_be_last(after, today) && fact.usage.day == today &&
               used.on_day.plus(after.amount) == fact.usage.on_day &&
               used.in_month.plus(after.amount) == fact.usage.in_month && fact.usage.on_day <= before.terms->per_day &&
               fact.usage.in_month <= before.terms->per_month;
    }
    [[nodiscard]] bool same_payment(const purchase& after) const {
        const auto& known = before.bought->card->payment;
        return known.empty() || known == after.card->payment;
    }
    [[nodiscard]] bool told_by_gateway(const purchase_changed& fact) const {
        if (before.bought == nullptr || !before.bought->card || !fact.after->card || !same_payment(*fact.after))
            return false;
        const purchase& stood = *before.bought;
        const auto& card = *fact.after->card;
        purchase expected = stood;
        expected.card = card;
        const bool awaits = stood.status == purchase_status::awaiting_payment;
        switch (fact.step) {
        case purchase_step::card_pending:
            return awaits && card.stage == card_stage::pending && !card.payment.empty() && *fact.after == expected;
        case purchase_step::card_refusal:
            expected.status = purchase_status::refused;
            return awaits && (card.stage == card_stage::declined || card.stage == card_stage::timed_out) &&
                 *fact.after == expected && fact.usage.on_day <= before.usage.on_day &&
                   fact.usage.in_month <= before.usage.in_month;
        case purchase_step::card_refund_owed:
            if (awaits) expected.status = purchase_status::refused;
            return card.stage == card_stage::refund_owed && stood.credited.is_zero() &&
                   stood.card->stage != card_stage::refund_owed && stood.card->stage != card_stage::refunded &&
                 *fact.after == expected;
        case purchase_step::card_refunded:
            return stood.card->stage == card_stage::refund_owed && card.stage == card_stage::refunded &&
                 *fact.after == expected;
        default: return false;
        }
    }
    [[nodiscard]] bool may_be_last(const purchase& after, jst_day today) const {
        if ((after.method == purchase_method::card) != after.card.has_value()) return false;
        if (after.card && (!before.terms->cards || *after.card != purchase_card{})) return false;
        if ((after.method == purchase_method::account_transfer) != after.debit.has_value()) return false;
        if (!after.debit) return after.last_day == today.plus_days(before.terms->days_to_pay);
        const auto& debits = before.terms->debits;
        return debits && today.plus_days(debits->lead_days) <= after.last_day &&
               debit_day_from(*debits, after.last_day) == after.last_day && !before.is_day_ordered &&
               before.mandate != nullptr && before.mandate->status == mandate_status::confirmed &&
             *after.debit == purchase_debit{before.mandate->position, debit_result::none};
    }
    [[nodiscard]] bool not_debited(const purchase_changed& fact) const {
        if (before.bought == nullptr || before.bought->status != purchase_status::awaiting_payment ||
            !before.bought->debit || !before.is_ordered || one.person == 0 || !fact.after->debit)
            return false;
        const auto why = fact.after->debit->result;
        if (why == debit_result::none || why == debit_result::debited) return false;
        purchase expected = *before.bought;
        expected.status = purchase_status::refused;
        expected.debit->result = why;
        return *fact.after == expected && fact.usage.on_day <= before.usage.on_day &&
               fact.usage.in_month <= before.usage.in_month;
    }
    [[nodiscard]] bool cancelled(const purchase_changed& fact) const {
        if (before.bought == nullptr || before.bought->status != purchase_status::awaiting_payment) return false;
        if (before.bought->debit && before.is_day_ordered) return false;
        purchase expected = *before.bought;
        expected.status = purchase_status::cancelled;
        return *fact.after == expected && fact.usage.on_day <= before.usage.on_day &&
               fact.usage.in_month <= before.usage.in_month;
    }
    [[nodiscard]] bool matched(const bank_transfer& came) const {
        return before.transfer == nullptr && one.person != 0 && came.why == transfer_mismatch::none &&
               came.line.amount == before.bought->amount && came.line.day <= before.bought->last_day;
    }
    [[nodiscard]] bool assigned(const bank_transfer& came) const {
        return came.status == transfer_status::assigned && before.transfer != nullptr &&
               before.transfer->status == transfer_status::assignment_proposed && one.person != 0 &&
               one.asked_by() != before.transfer->maker && came.maker == before.transfer->maker &&
               came.purchase == before.transfer->purchase && came.line == before.transfer->line &&
               came.position == before.transfer->position;
    }
    [[nodiscard]] bool step(transfer_step how, const bank_transfer& stood, const bank_transfer& after) const {
        switch (how) {
        case transfer_step::arrival: return false;
        case transfer_step::assignment_proposal:
            return stood.status == transfer_status::unmatched && after.status == transfer_status::assignment_proposed &&
                   after.purchase && after.maker == one.asked_by();
        case transfer_step::return_proposal:
            return stood.status == transfer_status::unmatched && after.status == transfer_status::return_proposed &&
                   !after.purchase && after.maker == one.asked_by();
        case transfer_step::rejection:
            return stood.status != transfer_status::unmatched && is_open(stood.status) &&
                   after.status == transfer_status::unmatched && !after.purchase && stood.maker != one.asked_by();
        case transfer_step::return_approval:
            return stood.status == transfer_status::return_proposed && after.status == transfer_status::to_return &&
                   after.maker == stood.maker && stood.maker != one.asked_by();
        }
        return false;
    }
};

} // namespace

std::string_view name_of(purchase_method method) noexcept {
    switch (method) {
    case purchase_method::counter: return "counter";
    case purchase_method::account_transfer: return "account_transfer";
    case purchase_method::card: return "card";
    }
    return {};
}

std::string_view status_name(const purchase& one, jst_day today, bool is_ordered) noexcept {
    switch (one.status) {
    case purchase_status::awaiting_payment:
        if (is_ordered) return "ordered";
        return one.last_day < today ? "expired" : "awaiting_payment";
    case purchase_status::paid: return "paid";
    case purchase_status::cancelled: return "cancelled";
    case purchase_status::refunded: return "refunded";
    case purchase_status::refused: return "refused";
    case purchase_status::charged_back: return "charged_back";
    }
    return {};
}

std::string_view name_of(transfer_status status) noexcept {
    switch (status) {
    case transfer_status::matched: return "matched";
    case transfer_status::unmatched: return "unmatched";
    case transfer_status::assignment_proposed: return "assignment_proposed";
    case transfer_status::return_proposed: return "return_proposed";
    case transfer_status::assigned: return "assigned";
    case transfer_status::to_return: return "to_return";
    }
    return {};
}

std::string_view name_of(transfer_mismatch why) noexcept {
    switch (why) {
    case transfer_mismatch::none: return {};
    case transfer_mismatch::reference_missing: return "reference_missing";
    case transfer_mismatch::reference_invalid: return "reference_invalid";
    case transfer_mismatch::reference_unknown: return "reference_unknown";
    case transfer_mismatch::already_paid: return "already_paid";
    case transfer_mismatch::cancelled: return "cancelled";
    case transfer_mismatch::late: return "late";
    case transfer_mismatch::amount_differs: return "amount_differs";
    case transfer_mismatch::not_creditable: return "not_creditable";
    case transfer_mismatch::other_method: return "other_method";
    }
    return {};
}

purchase_usage usage_on(const purchase_usage& newest, jst_day today) {
    if (newest.day == today) return newest;
    return {today, {}, month_of(newest.day) == month_of(today) ? newest.in_month : points{}};
}

transfer_mismatch mismatch_of(const transfer_line& line, const reference_reading& reference,
                              const purchase* meant) noexcept {
    if (!reference.is_there) return transfer_mismatch::reference_missing;
    if (!reference.reference) return transfer_mismatch::reference_invalid;
    if (meant == nullptr) return transfer_mismatch::reference_unknown;
    if (meant->status == purchase_status::paid || meant->status == purchase_status::refunded ||
        meant->status == purchase_status::charged_back)
        return transfer_mismatch::already_paid;
    if (meant->method != purchase_method::counter) return transfer_mismatch::other_method;
    if (meant->status == purchase_status::cancelled) return transfer_mismatch::cancelled;
    if (meant->last_day < line.day) return transfer_mismatch::late;
    return line.amount == meant->amount ? transfer_mismatch::none : transfer_mismatch::amount_differs;
}

namespace {

// The lot that the entry makes of its purchase; null: it makes none.
const lot_use* lot_bought_by(const fact& what) noexcept {
    if (const auto* const paid = std::get_if<purchase_paid>(&what)) return &paid->lot;
    if (const auto* const debit = std::get_if<purchase_debited>(&what)) return &debit->lot;
    if (const auto* const card = std::get_if<purchase_captured>(&what)) return &card->lot;
    return nullptr;
}

struct purchase_told {
    purchase_ptr operator()(const purchase_changed& fact) const { return fact.after; }
    purchase_ptr operator()(const purchase_paid& fact) const { return fact.after; }
    purchase_ptr operator()(const purchase_refunded& fact) const { return fact.after; }
    purchase_ptr operator()(const purchase_debited& fact) const { return fact.after; }
    purchase_ptr operator()(const purchase_captured& fact) const { return fact.after; }
    purchase_ptr operator()(const purchase_charged_back& fact) const { return fact.after; }
    template <class Other>
    purchase_ptr operator()(const Other&) const {
        return nullptr;
    }
};

} // namespace

std::optional<purchase> purchase_in(const entry& one) {
    const auto told = std::visit(purchase_told{}, one.what);
    if (told == nullptr) return std::nullopt;
    purchase found = *told;
    if (found.position == 0) found.position = one.position;
    if (const lot_use* const lot = lot_bought_by(one.what))
        found.refund = purchase_refund{lot->lot->number, jst_day::of(one.decided_at), {}, {}, {}};
    return found;
}

std::optional<bank_transfer> transfer_in(const entry& one) {
    const auto* const changed = std::get_if<transfer_changed>(&one.what);
    const auto* const paid = std::get_if<purchase_paid>(&one.what);
    if (changed == nullptr && paid == nullptr) return std::nullopt;
    bank_transfer found = changed != nullptr ? *changed->after : *paid->transfer;
    if (found.position == 0) found.position = one.position;
    return found;
}

std::optional<debit_mandate> mandate_in(const entry& one) {
    const auto* const changed = std::get_if<mandate_changed>(&one.what);
    if (changed == nullptr) return std::nullopt;
    debit_mandate found = *changed->after;
    if (found.position == 0) found.position = one.position;
    return found;
}

bool follows(const purchase_before& before, const entry& one) {
    return std::visit(purchase_following{before, one}, one.what);
}

} // namespace meguri::ledger
