// What may follow a payment's decision: capture, void, the end of a hold, refunds, and the reversal of a lost attempt.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>
#include <map>

namespace meguri::ledger {
namespace {

// nullopt where the sum is no number of points.
std::optional<points> checked_sum(const std::vector<lot_use>& lots) {
    std::optional<points> total{points{}};
    for (const auto& one : lots)
        if (total) total = total->plus(one.amount);
    return total;
}

points sum_of(const std::vector<lot_use>& lots) {
    const auto total = checked_sum(lots);
    EXPECTS(total.has_value());
    return *total;
}

// Keeps the first `keep` points of the lots and gives what follows them, the last one first: a partial capture keeps
// the earliest expiring lots, and what is given back goes in reverse spending order (domain rule 8).
std::vector<lot_use> take_from_the_end(std::vector<lot_use>& lots, points keep) {
    std::vector<lot_use> taken;
    points surplus = *sum_of(lots).minus(keep);
    while (!surplus.is_zero()) {
        lot_use& last = lots.back();
        const points part = std::min(surplus, last.amount);
        taken.push_back({last.lot, part});
        surplus = *surplus.minus(part);
        last.amount = *last.amount.minus(part);
        if (last.amount.is_zero()) lots.pop_back();
    }
    return taken;
}

// A step in the making: what moves, and the payment after it.
struct next_step {
    payment_changed made;
    payment_state after;
    const category_set& at; // of the merchant: what the wallet can spend there is told

    next_step(payment_step step, const payment_state& before, payment_status then, const category_set& where)
        : after{before},
          at{where} {
        made.step = step;
        made.was_held = before.is_hold();
        after.status = then;
        after.capture_before = {};
    }
    // All but the first `keep` points: to the wallet, or to nobody where a lot's last day is over.
    void give_back(points keep, const wallet& payer, instant now) {
        const jst_day today = jst_day::of(now);
        for (auto& one : take_from_the_end(after.lots, keep))
            (one.lot->expires_on < today ? made.lapsed : made.returned).push_back(std::move(one));
        std::optional<points> balance = payer.available(after.program, today, at);
        for (const auto& one : made.returned)
            if (balance && one.lot->is_good_at(at)) balance = balance->plus(one.amount);
        EXPECTS(balance.has_value());
        after.balance = *balance;
    }
    [[nodiscard]] payment_changed done() {
        made.after = std::make_shared<const payment_state>(std::move(after));
        return std::move(made);
    }
};

payment_changed release(payment_step step, const payment_state& payment, payment_status then, const wallet& payer,
                        instant now, const category_set& at) {
    next_step next{step, payment, then, at};
    next.made.part = payment.amount;
    next.give_back({}, payer, now);
    return next.done();
}

payment_changed give_back_captured(payment_step step, const payment_state& payment, points amount, payment_status then,
                                   const wallet& payer, instant now, const category_set& at) {
    next_step next{step, payment, then, at};
    next.made.part = amount;
    next.after.refunded = *payment.refunded.plus(amount);
    next.give_back(*sum_of(payment.lots).minus(amount), payer, now);
    return next.done();
}

points left_of(const payment_state& payment) {
    const auto left = payment.captured.minus(payment.refunded);
    EXPECTS(left.has_value());
    return *left;
}

} // namespace

tl::expected<payment_changed, refusal> decide(const capture_payment& asked, const payment_state& payment,
                                              const wallet& payer, instant now, const category_set& at) {
    if (!payment.is_hold() || now >= payment.capture_before) return tl::unexpected{refusal::invalid_state};
    const points amount = asked.amount.value_or(payment.amount);
    EXPECTS(!amount.is_zero());
    if (amount > payment.amount) return tl::unexpected{refusal::amount_exceeds_remaining};
    next_step next{payment_step::capture, payment, payment_status::captured, at};
    next.made.part = amount;
    next.after.captured = amount;
    next.give_back(amount, payer, now);
    next.made.captured = next.after.lots;
    return next.done();
}

tl::expected<payment_changed, refusal> decide(const void_payment&, const payment_state& payment, const wallet& payer,
                                              instant now, const category_set& at) {
    if (!payment.is_hold()) return tl::unexpected{refusal::invalid_state};
    return release(payment_step::voiding, payment, payment_status::voided, payer, now, at);
}

tl::expected<payment_changed, refusal> decide(const refund_payment& asked, const payment_state& payment,
                                              const wallet& payer, instant now, const category_set& at) {
    if (payment.status != payment_status::captured) return tl::unexpected{refusal::invalid_state};
    const points left = left_of(payment);
    const points amount = asked.amount.value_or(left);
    EXPECTS(!amount.is_zero());
    if (amount > left) return tl::unexpected{refusal::amount_exceeds_remaining};
    const auto then = amount == left ? payment_status::refunded : payment_status::captured;
    return give_back_captured(payment_step::refund, payment, amount, then, payer, now, at);
}

payment_changed decide(const reverse_attempt& asked, const payment_state& payment, const wallet* payer, instant now,
                       const category_set& at) {
    const auto undone = [&] {
        if (payment.is_hold())
            return release(payment_step::reversal, payment, payment_status::reversed, *payer, now, at);
        if (payment.status == payment_status::captured)
            return give_back_captured(payment_step::reversal, payment, left_of(payment), payment_status::reversed,
                                      *payer, now, at);
        return next_step{payment_step::reversal, payment, payment.status, at}.done(); // it has come to nothing already
    };
    EXPECTS(payer != nullptr || payment.status == payment_status::declined);
    payment_changed made = undone();
    made.reversed_key = asked.key;
    return made;
}

payment_changed end_of_hold(const payment_state& payment, const wallet& payer, instant now, const category_set& at) {
    EXPECTS(payment.is_hold() && now >= payment.capture_before);
    return release(payment_step::hold_expiry, payment, payment_status::expired, payer, now, at);
}

// --- for those who check ---

namespace {

// What the payment has of each lot, by all that never changes of it.
using points_by_lot = std::map<lot_terms, std::int64_t>;

void add(points_by_lot& sums, const std::vector<lot_use>& lots) {
    for (const auto& one : lots) sums[*one.lot] += one.amount.value();
}

bool is_same_payment(const payment_state& a, const payment_state& b) {
    return a.position == b.position && a.sequence == b.sequence && a.decided_at == b.decided_at &&
           a.merchant == b.merchant && a.outlet_is == b.outlet_is && a.outlet == b.outlet && a.wallet == b.wallet &&
           a.program == b.program && a.amount == b.amount && a.reference == b.reference && a.decline == b.decline;
}

bool is_status_after(payment_step step, payment_status before, const payment_state& after) {
    const bool all_given_back = after.captured == after.refunded;
    switch (step) {
    case payment_step::capture: return before == payment_status::authorized && after.status == payment_status::captured;
    case payment_step::voiding: return before == payment_status::authorized && after.status == payment_status::voided;
    case payment_step::hold_expiry:
        return before == payment_status::authorized && after.status == payment_status::expired;
    case payment_step::refund:
        return before == payment_status::captured &&
               after.status == (all_given_back ? payment_status::refunded : payment_status::captured);
    case payment_step::reversal:
        if (before == payment_status::authorized || before == payment_status::captured)
            return after.status == payment_status::reversed && all_given_back;
        return after.status == before;
    }
    return false;
}

} // namespace

bool follows(const payment_state& before, const payment_changed& step) {
    const payment_state& after = *step.after;
    if (!is_same_payment(before, after) || !is_status_after(step.step, before.status, after)) return false;
    if (step.was_held != before.is_hold() || after.is_hold() || after.capture_before != instant{}) return false;
    if (step.step != payment_step::capture && !step.captured.empty()) return false;

    const auto returned = checked_sum(step.returned);
    const auto lapsed = checked_sum(step.lapsed);
    const auto captured_now = checked_sum(step.captured);
    const auto kept = checked_sum(after.lots);
    if (!returned || !lapsed || !captured_now || !kept) return false;
    const auto given_back = returned->plus(*lapsed);
    if (!given_back || step.part != (step.step == payment_step::capture ? *captured_now : *given_back)) return false;
    if (after.captured != before.captured.plus(*captured_now)) return false;
    if (after.refunded != (step.was_held ? before.refunded : before.refunded.plus(*given_back))) return false;
    if (after.captured > after.amount || after.refunded > after.captured) return false;
    if (after.captured.minus(after.refunded) != *kept) return false;

    // No lot gains or loses anything: what it had in the payment is given back, or still there.
    points_by_lot had;
    points_by_lot has;
    add(had, before.lots);
    for (const auto* lots : {&step.returned, &step.lapsed, &after.lots}) add(has, *lots);
    return had == has;
}

} // namespace meguri::ledger
