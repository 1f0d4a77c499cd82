#include "tests/model/ledger_rules.hpp"

#include "tests/model/ledger_machine.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

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

// 1. For every program the debits equal the credits.
void expect_double_entry(const ledger_state& state) {
    for (const auto& one : state.books.programs) {
        EXPECT_EQ(net(one, account::funding, last_cancelled), 0) << one.program.text();
        EXPECT_EQ(one.debits(), one.credits());
    }
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
            all[totals.program].captured += totals.payable();
            all[totals.program].pending += totals.pending.value();
        }
    return all;
}

// 2. issued = available + held + captured and unsettled + settled + expired + cancelled, and each of them is what the
// wallets and the merchants have.
void expect_conservation(const ledger_state& state) {
    auto all = what_everybody_holds(state);
    for (const auto& one : state.books.programs) {
        const auto& held_by_all = all[one.program];
        const auto issued = net(one, account::funding, last_funding);
        const auto settled = -net(one, account::settled, account::settled);
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

// 3. Nothing goes below zero: no lot gives more than it had, and what it had left is what it has left.
void expect_nothing_below_zero(const ledger_state& state, const entry& applied, const wallet& before) {
    if (!applied.wallet) return;
    std::map<std::uint32_t, std::int64_t> expected;
    for (const auto& lot : before.lots) expected[lot.terms->number] = lot.available.value();
    if (const auto* granted = std::get_if<points_granted>(&applied.what))
        expected[granted->lot.lot->number] += granted->lot.amount.value();
    if (const auto* paid = std::get_if<payment_decided>(&applied.what))
        for (const auto& use : paid->lots) expected[use.lot->number] -= use.amount.value();
    if (const auto* expiry = std::get_if<points_expired>(&applied.what))
        for (const auto& use : expiry->lots) expected[use.lot->number] -= use.amount.value();
    for (const auto& lot : state.wallets.at(applied.wallet).lots) {
        EXPECT_EQ(expected[lot.terms->number], lot.available.value()) << "lot " << lot.terms->number;
        EXPECT_GT(lot.available.value() + lot.held.value(), 0) << "an empty lot is kept";
        expected.erase(lot.terms->number);
    }
    for (const auto& [number, left] : expected) EXPECT_EQ(left, 0) << "lot " << number << " is gone";
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
void expect_only_what_is_past_expires(const entry& applied, const points_expired& expiry) {
    EXPECT_FALSE(expiry.lots.empty());
    for (const auto& use : expiry.lots) EXPECT_GE(applied.decided_at, use.lot->expires_on.end());
}

void expect_same_lots(const wallet& one, const wallet& other) {
    ASSERT_EQ(one.lots.size(), other.lots.size());
    for (std::size_t i = 0; i < one.lots.size(); ++i) {
        EXPECT_EQ(one.lots[i].terms->number, other.lots[i].terms->number);
        EXPECT_EQ(one.lots[i].available, other.lots[i].available);
        EXPECT_EQ(one.lots[i].held, other.lots[i].held);
    }
}

} // namespace

void expect_rules_hold(const ledger_state& state, const entry& applied, const wallet& before) {
    expect_double_entry(state);
    expect_conservation(state);
    expect_nothing_below_zero(state, applied, before);
    if (const auto* paid = std::get_if<payment_decided>(&applied.what)) {
        expect_one_accepted_program(state, *paid);
        expect_earliest_expiry_first(state, applied, *paid);
    }
    if (const auto* expiry = std::get_if<points_expired>(&applied.what))
        expect_only_what_is_past_expires(applied, *expiry);
}

void expect_same_state(const ledger_state& one, const ledger_state& other) {
    ASSERT_EQ(one.wallets.size(), other.wallets.size());
    for (const auto& [id, first] : one.wallets) {
        const auto& second = other.wallets.at(id);
        expect_same_lots(first, second);
        EXPECT_EQ(first.sequence, second.sequence);
        EXPECT_EQ(first.last_position, second.last_position);
        EXPECT_EQ(first.last_time, second.last_time);
        EXPECT_EQ(first.frozen, second.frozen);
        EXPECT_EQ(first.lots_issued, second.lots_issued);
        EXPECT_EQ(first.codes_issued, second.codes_issued);
        EXPECT_EQ(first.codes_used, second.codes_used);
    }
    ASSERT_EQ(one.merchants.size(), other.merchants.size());
    for (const auto& [id, first] : one.merchants) {
        const auto& second = other.merchants.at(id);
        EXPECT_EQ(first.payments, second.payments);
        EXPECT_EQ(first.last_position, second.last_position);
        EXPECT_EQ(first.terms->version, second.terms->version);
        EXPECT_EQ(first.terms->frozen, second.terms->frozen);
        ASSERT_EQ(first.totals.size(), second.totals.size());
        for (std::size_t i = 0; i < first.totals.size(); ++i) {
            EXPECT_EQ(first.totals[i].program, second.totals[i].program);
            EXPECT_EQ(first.totals[i].captured, second.totals[i].captured);
        }
    }
    EXPECT_EQ(one.registry.programs.version, other.registry.programs.version);
    EXPECT_EQ(one.books.payments_by_outcome, other.books.payments_by_outcome);
    ASSERT_EQ(one.books.programs.size(), other.books.programs.size());
    for (std::size_t i = 0; i < one.books.programs.size(); ++i)
        for (std::size_t on = 0; on < accounts; ++on) {
            EXPECT_EQ(one.books.programs[i].sums[on].debits, other.books.programs[i].sums[on].debits);
            EXPECT_EQ(one.books.programs[i].sums[on].credits, other.books.programs[i].sums[on].credits);
        }
}

} // namespace meguri::ledger::model
