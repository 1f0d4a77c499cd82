#include "ledger/purchase.hpp"

#include "ledger/contract.hpp"
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
        }
        return false;
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
               after.last_day == today.plus_days(before.terms->days_to_pay) && fact.usage.day == today &&
               used.on_day.plus(after.amount) == fact.usage.on_day &&
               used.in_month.plus(after.amount) == fact.usage.in_month && fact.usage.on_day <= before.terms->per_day &&
               fact.usage.in_month <= before.terms->per_month;
    }
    [[nodiscard]] bool cancelled(const purchase_changed& fact) const {
        if (before.bought == nullptr || before.bought->status != purchase_status::awaiting_payment) return false;
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
    }
    return {};
}

std::string_view status_name(const purchase& one, jst_day today) noexcept {
    switch (one.status) {
    case purchase_status::awaiting_payment: return one.last_day < today ? "expired" : "awaiting_payment";
    case purchase_status::paid: return "paid";
    case purchase_status::cancelled: return "cancelled";
    case purchase_status::refunded: return "refunded";
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
    if (meant->status == purchase_status::paid || meant->status == purchase_status::refunded)
        return transfer_mismatch::already_paid;
    if (meant->status == purchase_status::cancelled) return transfer_mismatch::cancelled;
    if (meant->last_day < line.day) return transfer_mismatch::late;
    return line.amount == meant->amount ? transfer_mismatch::none : transfer_mismatch::amount_differs;
}

std::optional<purchase> purchase_in(const entry& one) {
    const auto* const changed = std::get_if<purchase_changed>(&one.what);
    const auto* const paid = std::get_if<purchase_paid>(&one.what);
    const auto* const back = std::get_if<purchase_refunded>(&one.what);
    if (changed == nullptr && paid == nullptr && back == nullptr) return std::nullopt;
    purchase found = changed != nullptr ? *changed->after : paid != nullptr ? *paid->after : *back->after;
    if (found.position == 0) found.position = one.position;
    if (paid != nullptr) found.refund = purchase_refund{paid->lot.lot->number, jst_day::of(one.decided_at), {}, {}, {}};
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

bool follows(const purchase_before& before, const entry& one) {
    return std::visit(purchase_following{before, one}, one.what);
}

} // namespace meguri::ledger
