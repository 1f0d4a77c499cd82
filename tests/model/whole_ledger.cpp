#include "tests/model/whole_ledger.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace meguri::ledger::model {
namespace {

std::vector<std::pair<std::uint32_t, std::int64_t>> amounts_of(const std::vector<lot_use>& lots) {
    std::vector<std::pair<std::uint32_t, std::int64_t>> found;
    found.reserve(lots.size());
    for (const auto& use : lots) found.emplace_back(use.lot->number, use.amount.value());
    return found;
}

void expect_same_payment(const payment_state& one, const payment_state& other) {
    const auto all_but_lots = [](const payment_state& of) {
        return std::tie(of.position, of.sequence, of.decided_at, of.merchant, of.outlet_is, of.outlet, of.wallet,
                        of.program, of.amount, of.reference, of.status, of.decline, of.captured, of.refunded,
                        of.balance, of.capture_before);
    };
    EXPECT_TRUE(all_but_lots(one) == all_but_lots(other)) << "payment " << one.position;
    EXPECT_EQ(amounts_of(one.lots), amounts_of(other.lots)) << "payment " << one.position;
}

void expect_same_holds(const wallet& one, const wallet& other) {
    ASSERT_EQ(one.holds.size(), other.holds.size());
    for (std::size_t i = 0; i < one.holds.size(); ++i) expect_same_payment(one.holds[i], other.holds[i]);
}

void expect_same_lots(const wallet& one, const wallet& other) {
    ASSERT_EQ(one.lots.size(), other.lots.size());
    for (std::size_t i = 0; i < one.lots.size(); ++i) {
        EXPECT_EQ(*one.lots[i].terms, *other.lots[i].terms);
        EXPECT_EQ(one.lots[i].available, other.lots[i].available);
        EXPECT_EQ(one.lots[i].held, other.lots[i].held);
    }
}

void expect_same_corrections(const wallet& one, const wallet& other) {
    ASSERT_EQ(one.corrections.size(), other.corrections.size());
    for (std::size_t i = 0; i < one.corrections.size(); ++i) {
        EXPECT_EQ(one.corrections[i].sequence, other.corrections[i].sequence);
        EXPECT_EQ(one.corrections[i].position, other.corrections[i].position);
        EXPECT_EQ(one.corrections[i].maker, other.corrections[i].maker);
        EXPECT_EQ(*one.corrections[i].what, *other.corrections[i].what);
    }
}

void expect_same_usage(const wallet& one, const wallet& other) {
    ASSERT_EQ(one.used.size(), other.used.size());
    for (std::size_t i = 0; i < one.used.size(); ++i) {
        EXPECT_EQ(one.used[i].program, other.used[i].program);
        EXPECT_EQ(one.used[i].used, other.used[i].used);
    }
}

} // namespace

void expect_payments_add_up(const ledger_state& state) {
    struct sums {
        std::int64_t pending = 0, captured = 0, refunded = 0;
    };
    std::map<std::pair<merchant_id, program_code>, sums> expected;
    std::map<wallet_id, std::size_t> holds;
    for (const auto& [position, payment] : state.payments) {
        if (payment.status == payment_status::declined) continue;
        auto& of = expected[{payment.merchant, payment.program}];
        of.captured += payment.captured.value();
        of.refunded += payment.refunded.value();
        if (!payment.is_hold()) continue;
        of.pending += payment.amount.value();
        const auto* const open = state.wallets.at(payment.wallet).hold(payment.sequence);
        ASSERT_NE(open, nullptr) << "payment " << position;
        expect_same_payment(*open, payment);
        ++holds[payment.wallet];
    }
    for (const auto& [id, one] : state.wallets) EXPECT_EQ(one.holds.size(), holds[id]) << "wallet " << id.value();
    for (const auto& [id, one] : state.merchants)
        for (const auto& totals : one.totals) {
            const auto& of = expected[{id, totals.program}];
            EXPECT_EQ(totals.pending.value(), of.pending);
            EXPECT_EQ(totals.captured.value(), of.captured);
            EXPECT_EQ(totals.refunded.value(), of.refunded);
            expected.erase({id, totals.program});
        }
    EXPECT_TRUE(expected.empty()) << "points that a merchant does not know";
}

void expect_same_state(const ledger_state& one, const ledger_state& other) {
    ASSERT_EQ(one.wallets.size(), other.wallets.size());
    for (const auto& [id, first] : one.wallets) {
        const auto& second = other.wallets.at(id);
        expect_same_lots(first, second);
        expect_same_holds(first, second);
        EXPECT_EQ(first.sequence, second.sequence);
        EXPECT_EQ(first.last_position, second.last_position);
        EXPECT_EQ(first.last_time, second.last_time);
        EXPECT_EQ(first.frozen, second.frozen);
        EXPECT_EQ(first.lots_issued, second.lots_issued);
        EXPECT_EQ(first.codes_issued, second.codes_issued);
        EXPECT_EQ(first.codes_used, second.codes_used);
        EXPECT_EQ(first.home, second.home);
        EXPECT_EQ(first.limit, second.limit);
        expect_same_corrections(first, second);
        expect_same_usage(first, second);
    }
    ASSERT_EQ(one.merchants.size(), other.merchants.size());
    for (const auto& [id, first] : one.merchants) {
        const auto& second = other.merchants.at(id);
        EXPECT_EQ(first.payments, second.payments);
        EXPECT_EQ(first.last_position, second.last_position);
        EXPECT_EQ(first.terms->version, second.terms->version);
        EXPECT_EQ(first.terms->frozen, second.terms->frozen);
        EXPECT_EQ(first.terms->limit, second.terms->limit);
        EXPECT_EQ(first.used, second.used);
        ASSERT_EQ(first.totals.size(), second.totals.size());
        for (std::size_t i = 0; i < first.totals.size(); ++i) {
            EXPECT_EQ(first.totals[i].program, second.totals[i].program);
            EXPECT_EQ(first.totals[i].pending, second.totals[i].pending);
            EXPECT_EQ(first.totals[i].captured, second.totals[i].captured);
            EXPECT_EQ(first.totals[i].refunded, second.totals[i].refunded);
        }
    }
    ASSERT_EQ(one.payments.size(), other.payments.size());
    for (const auto& [position, first] : one.payments) expect_same_payment(first, other.payments.at(position));
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
