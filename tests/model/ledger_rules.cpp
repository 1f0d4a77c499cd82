#include "tests/model/ledger_rules.hpp"

#include "ledger/decide.hpp"
#include "tests/model/ledger_machine.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace meguri::ledger::model {
namespace {

// Debits less credits of the accounts `first` to `last`.
std::int64_t net(const program_accounts& of, account first, account last) {
    std::int64_t sum = 0;
    for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i)
        sum += of.sums[i].debits.value() - of.sums[i].credits.value();
    return sum;
}

constexpr auto last_funding = account{4};
constexpr auto last_expired = account{13};
constexpr auto last_cancelled = account{18};

// 1. For every program the debits equal the credits, and what is in the clearing accounts of all is nothing.
void expect_double_entry(const ledger_state& state) {
    std::int64_t in_clearing = 0;
    for (const auto& one : state.books.programs) {
        EXPECT_EQ(net(one, account::funding, account::clearing_out), 0) << one.program.text();
        EXPECT_EQ(one.debits(), one.credits());
        in_clearing += net(one, account::clearing_in, account::clearing_out);
    }
    EXPECT_EQ(in_clearing, 0);
    EXPECT_TRUE(state.books.balanced());
}

struct holdings {
    std::int64_t available = 0;
    std::int64_t held = 0;
    std::int64_t captured = 0;
    std::int64_t pending = 0;
};

std::map<program_code, holdings> what_everybody_holds(const ledger_state& state) {
    std::map<program_code, holdings> all;
    for (const auto& [id, one] : state.wallets)
        for (const auto& lot : one.lots) {
            all[lot.terms->program].available += lot.available.value();
            all[lot.terms->program].held += lot.held.value();
        }
    for (const auto& [id, one] : state.merchants)
        for (const auto& totals : one.totals) {
            all[totals.program].captured += totals.captured.value() - totals.refunded.value();
            all[totals.program].pending += totals.pending.value();
        }
    return all;
}

// 2. issued = available + held + captured and unsettled + settled + expired + cancelled, and each of them is what the
// wallets and the merchants have. What came from a pseudo-program is issued here, and what left it is settled there.
void expect_conservation(const ledger_state& state) {
    auto all = what_everybody_holds(state);
    for (const auto& one : state.books.programs) {
        const auto& held_by_all = all[one.program];
        const auto came_in = net(one, account::clearing_in, account::clearing_in);
        const auto went_out = -net(one, account::clearing_out, account::clearing_out);
        EXPECT_EQ(one.program.number() > 999'999 ? came_in : went_out, 0) << one.program.text();
        const auto issued = net(one, account::funding, last_funding) + came_in;
        const auto settled = -net(one, account::settled, account::settled) + went_out;
        const auto expired = -net(one, account::expired, last_expired);
        const auto cancelled = -net(one, account::cancelled, last_cancelled);
        EXPECT_EQ(issued,
                  held_by_all.available + held_by_all.held + held_by_all.captured + settled + expired + cancelled)
            << one.program.text();
        EXPECT_EQ(-net(one, account::available, account::available), held_by_all.available);
        EXPECT_EQ(-net(one, account::held, account::held), held_by_all.held);
        EXPECT_EQ(-net(one, account::payable, account::payable), held_by_all.captured);
        EXPECT_EQ(held_by_all.pending, held_by_all.held);
        all.erase(one.program);
    }
    EXPECT_TRUE(all.empty()) << "points that the books do not know";
}

// 3. Nothing goes below zero, holds included: no lot gives more than it had, and what it had left is what it has left.
void expect_nothing_below_zero(const ledger_state& state, const entry& applied, const wallet& before) {
    if (!applied.wallet) return;
    struct points_of_lot {
        std::int64_t available = 0;
        std::int64_t held = 0;
    };
    std::map<std::uint32_t, points_of_lot> expected;
    for (const auto& lot : before.lots) expected[lot.terms->number] = {lot.available.value(), lot.held.value()};
    const auto move = [&expected](const std::vector<lot_use>& lots, int to_available, int to_held) {
        for (const auto& use : lots) {
            expected[use.lot->number].available += to_available * use.amount.value();
            expected[use.lot->number].held += to_held * use.amount.value();
        }
    };
    if (const auto* granted = std::get_if<points_granted>(&applied.what)) move({granted->lot}, 1, 0);
    if (const auto* paid = std::get_if<payment_decided>(&applied.what))
        move(paid->lots, -1, paid->status == payment_status::authorized ? 1 : 0);
    if (const auto* expiry = std::get_if<points_expired>(&applied.what)) move(expiry->lots, -1, 0);
    if (const auto* moved = std::get_if<points_transferred>(&applied.what)) {
        move(moved->from, -1, 0);
        move(moved->to, 1, 0);
    }
    if (const auto* corrected = std::get_if<correction_decided>(&applied.what))
        move(corrected->lots, corrected->what->kind == correction_kind::credit ? 1 : -1, 0);
    if (const auto* step = std::get_if<payment_changed>(&applied.what)) {
        const int from_hold = step->was_held ? -1 : 0;
        move(step->captured, 0, from_hold);
        move(step->returned, 1, from_hold);
        move(step->lapsed, 0, from_hold);
    }
    for (const auto& lot : state.wallets.at(applied.wallet).lots) {
        EXPECT_EQ(expected[lot.terms->number].available, lot.available.value()) << "lot " << lot.terms->number;
        EXPECT_EQ(expected[lot.terms->number].held, lot.held.value()) << "lot " << lot.terms->number;
        EXPECT_GE(lot.available.value(), 0);
        EXPECT_GE(lot.held.value(), 0);
        EXPECT_GT(lot.available.value() + lot.held.value(), 0) << "an empty lot is kept";
        expected.erase(lot.terms->number);
    }
    for (const auto& [number, left] : expected) {
        EXPECT_EQ(left.available, 0) << "lot " << number << " is gone";
        EXPECT_EQ(left.held, 0) << "lot " << number << " is gone";
    }
}

// 4. A payment uses lots of exactly one program, one that the merchant accepts, and exactly as much as was asked for.
void expect_one_accepted_program(const ledger_state& state, const payment_decided& paid) {
    if (paid.status == payment_status::declined) {
        EXPECT_TRUE(paid.lots.empty());
        return;
    }
    EXPECT_TRUE(state.merchants.at(paid.merchant).terms->accepts(paid.program));
    std::int64_t sum = 0;
    for (const auto& use : paid.lots) {
        EXPECT_EQ(use.lot->program, paid.program);
        EXPECT_GT(use.amount.value(), 0);
        sum += use.amount.value();
    }
    EXPECT_EQ(sum, paid.amount.value());
}

auto spending_order(const lot_terms& of) { return std::make_tuple(of.expires_on, of.issued_at, of.number); }

// 7. Earliest expiry first, ties by issue, then number; usable through the last second of the last day.
void expect_earliest_expiry_first(const ledger_state& state, const entry& applied, const payment_decided& paid) {
    if (paid.lots.empty()) return;
    const lot_terms* previous = nullptr;
    for (const auto& use : paid.lots) {
        EXPECT_LT(applied.decided_at, use.lot->expires_on.end()) << "past its last day";
        if (previous != nullptr) {
            EXPECT_LT(spending_order(*previous), spending_order(*use.lot));
        }
        previous = use.lot.get();
    }
    for (const auto& left : state.wallets.at(applied.wallet).lots)
        if (left.terms->program == paid.program && left.terms->number != previous->number &&
            !left.available.is_zero() && left.terms->expires_on.end() > applied.decided_at) {
            EXPECT_LT(spending_order(*previous), spending_order(*left.terms)) << "was passed over";
        }
}
void expect_only_what_is_past_expires(const entry& applied, const std::vector<lot_use>& lots) {
    for (const auto& use : lots) EXPECT_GE(applied.decided_at, use.lot->expires_on.end());
}

// 8. The merchant keeps the lots that expire first; the others are the payment's own, come back in reverse order of
// spending, and only what is past its last day is lost.
void expect_last_spent_comes_back_first(const entry& applied, const payment_changed& step,
                                        const payment_state& before) {
    std::map<std::uint32_t, std::pair<lot_terms, std::int64_t>> had;
    for (const auto& use : before.lots) had.try_emplace(use.lot->number, *use.lot, use.amount.value());
    const auto take = [&had](const lot_use& use) {
        const auto at = had.find(use.lot->number);
        ASSERT_NE(at, had.end()) << "lot " << use.lot->number << " is not the payment's";
        EXPECT_EQ(at->second.first, *use.lot) << "lot " << use.lot->number << " has changed";
        EXPECT_GT(use.amount.value(), 0);
        at->second.second -= use.amount.value();
    };
    const lot_terms* last_kept = nullptr;
    for (const auto& use : step.after->lots) {
        if (last_kept != nullptr) {
            EXPECT_LT(spending_order(*last_kept), spending_order(*use.lot));
        }
        last_kept = use.lot.get();
        take(use);
    }
    std::int64_t given_back = 0;
    for (const auto* lots : {&step.returned, &step.lapsed}) {
        const lot_terms* previous = nullptr;
        for (const auto& use : *lots) {
            if (previous != nullptr) {
                EXPECT_GT(spending_order(*previous), spending_order(*use.lot));
            }
            if (last_kept != nullptr) {
                EXPECT_LE(spending_order(*last_kept), spending_order(*use.lot)) << "is to be kept";
            }
            previous = use.lot.get();
            given_back += use.amount.value();
            take(use);
        }
    }
    for (const auto& [number, left] : had) EXPECT_EQ(left.second, 0) << "of lot " << number;
    for (const auto& use : step.returned) EXPECT_LT(applied.decided_at, use.lot->expires_on.end());
    expect_only_what_is_past_expires(applied, step.lapsed);
    if (step.step != payment_step::capture) {
        EXPECT_EQ(step.part.value(), given_back);
    }
}

// 9. captured <= authorized, refunded <= captured, and what the payment has is the difference.
void expect_no_more_than_authorized(const payment_state& payment) {
    EXPECT_LE(payment.captured.value(), payment.amount.value());
    EXPECT_LE(payment.refunded.value(), payment.captured.value());
    std::int64_t has = 0;
    for (const auto& use : payment.lots) has += use.amount.value();
    EXPECT_EQ(has, payment.is_hold() ? payment.amount.value() : payment.captured.value() - payment.refunded.value());
    EXPECT_EQ(payment.capture_before != instant{}, payment.is_hold());
}

std::vector<std::uint64_t> numbers_of(const std::vector<payment_state>& holds) {
    std::vector<std::uint64_t> found;
    found.reserve(holds.size());
    for (const auto& one : holds) found.push_back(one.sequence);
    return found;
}

// 9. Each hold begins with its authorization and ends exactly once: captured in time, voided, reversed, or expired when
// its time is over. No other entry touches one.
void expect_each_hold_ends_once(const ledger_state& state, const entry& applied, const state_before& before) {
    auto expected = numbers_of(before.payer.holds);
    if (const auto* paid = std::get_if<payment_decided>(&applied.what);
        paid != nullptr && paid->status == payment_status::authorized) {
        expected.push_back(applied.wallet_sequence);
        const auto* const chosen = state.registry.programs.find(paid->program);
        ASSERT_NE(chosen, nullptr);
        EXPECT_EQ(paid->capture_before.unix_ms() - applied.decided_at.unix_ms(), chosen->hold_days * 86'400'000LL);
    }
    if (const auto* step = std::get_if<payment_changed>(&applied.what)) {
        const bool was_open = std::erase(expected, step->after->sequence) == 1;
        EXPECT_EQ(step->was_held, was_open);
        EXPECT_FALSE(step->after->is_hold());
        const instant end = before.payment->capture_before;
        if (step->step == payment_step::capture) {
            EXPECT_LT(applied.decided_at, end) << "captured too late";
        } else if (step->step == payment_step::hold_expiry) {
            EXPECT_GE(applied.decided_at, end) << "expired too early";
        }
    }
    if (applied.wallet) {
        EXPECT_EQ(numbers_of(state.wallets.at(applied.wallet).holds), expected);
    }
}

// A payment that has come to nothing moves nothing any more.
void expect_ended_means_ended(const payment_changed& step, const payment_state& before) {
    if (before.is_hold() || before.status == payment_status::captured) return;
    EXPECT_EQ(step.step, payment_step::reversal);
    EXPECT_EQ(step.after->status, before.status);
    EXPECT_TRUE(step.part.is_zero());
    EXPECT_TRUE(step.captured.empty() && step.returned.empty() && step.lapsed.empty());
}

// 20. The balance that an answer tells is what the wallet has once the entry stands.
void expect_true_balance(const ledger_state& state, const entry& applied) {
    const auto payment = payment_after(applied);
    EXPECT_EQ(payment.balance.has_value(), static_cast<bool>(applied.wallet));
    if (!applied.wallet || !payment.balance) return;
    std::int64_t has = 0;
    for (const auto& lot : state.wallets.at(applied.wallet).lots)
        if (lot.terms->program == payment.program && applied.decided_at < lot.terms->expires_on.end())
            has += lot.available.value();
    EXPECT_EQ(payment.balance->value(), has);
}

void expect_rules_of_steps(const ledger_state& state, const entry& applied, const payment_changed& step,
                           const payment_state& before) {
    EXPECT_TRUE(follows(before, step));
    EXPECT_EQ(applied.wallet, before.wallet);
    EXPECT_EQ(applied.merchant, before.merchant);
    expect_last_spent_comes_back_first(applied, step, before);
    expect_no_more_than_authorized(*step.after);
    expect_ended_means_ended(step, before);
    if (!step.part.is_zero()) expect_true_balance(state, applied); // else it repeats what was told before
}

} // namespace

void expect_rules_hold(const ledger_state& state, const entry& applied, const state_before& before) {
    expect_double_entry(state);
    expect_conservation(state);
    expect_nothing_below_zero(state, applied, before.payer);
    expect_each_hold_ends_once(state, applied, before);
    expect_undecided_leave_once(state, applied, before.payer);
    expect_two_persons_correct(state, applied, before.payer);
    if (const auto* paid = std::get_if<payment_decided>(&applied.what)) {
        expect_one_accepted_program(state, *paid);
        expect_earliest_expiry_first(state, applied, *paid);
        expect_no_more_than_authorized(payment_after(applied));
        expect_true_balance(state, applied);
    }
    if (const auto* step = std::get_if<payment_changed>(&applied.what))
        expect_rules_of_steps(state, applied, *step, *before.payment);
    if (const auto* expiry = std::get_if<points_expired>(&applied.what)) {
        EXPECT_FALSE(expiry->lots.empty());
        expect_only_what_is_past_expires(applied, expiry->lots);
    }
}

} // namespace meguri::ledger::model
