// What stood at a past instant is what a town was seen to be at that instant.
#include "storage/history.hpp"

#include "tests/storage/town.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <vector>

namespace meguri::storage {
namespace {

using namespace ledger;

// By program: {available, held}, once what was due by then has happened.
using balances = std::map<program_code, std::pair<std::int64_t, std::int64_t>>;

balances balances_of(const wallet& one) {
    balances sums;
    for (const auto& lot : one.lots) {
        sums[lot.terms->program].first += lot.available.value();
        sums[lot.terms->program].second += lot.held.value();
    }
    return sums;
}

// The same of a wallet as the journal left it, with plain numbers for what nobody has booked yet.
balances expected_of(const wallet& one, instant at) {
    const jst_day today = jst_day::of(at);
    balances sums;
    for (const auto& lot : one.lots) {
        const bool lasts = lot.terms->expires_on >= today;
        sums[lot.terms->program].first += lasts ? lot.available.value() : 0;
        sums[lot.terms->program].second += lot.held.value();
    }
    for (const auto& hold : one.holds) {
        if (at < hold.capture_before) continue;
        for (const auto& use : hold.lots) {
            sums[use.lot->program].second -= use.amount.value();
            if (use.lot->expires_on >= today) sums[use.lot->program].first += use.amount.value();
        }
    }
    std::erase_if(sums, [](const auto& sum) { return sum.second == std::pair<std::int64_t, std::int64_t>{}; });
    return sums;
}

void expect_same(const merchant& one, const merchant& other) {
    ASSERT_EQ(one.totals.size(), other.totals.size());
    for (std::size_t i = 0; i < one.totals.size(); ++i) {
        EXPECT_EQ(one.totals[i].program, other.totals[i].program);
        EXPECT_EQ(one.totals[i].pending, other.totals[i].pending);
        EXPECT_EQ(one.totals[i].captured, other.totals[i].captured);
        EXPECT_EQ(one.totals[i].refunded, other.totals[i].refunded);
    }
}

void expect_same(const books& one, const books& other) {
    ASSERT_EQ(one.programs.size(), other.programs.size());
    for (std::size_t i = 0; i < one.programs.size(); ++i)
        for (std::size_t on = 0; on < accounts; ++on) {
            EXPECT_EQ(one.programs[i].sums[on].debits, other.programs[i].sums[on].debits);
            EXPECT_EQ(one.programs[i].sums[on].credits, other.programs[i].sums[on].credits);
        }
    EXPECT_EQ(one.payments_by_outcome, other.payments_by_outcome);
}

TEST(history, tells_what_a_town_was) {
    struct moment {
        instant at;
        test::folded stood;
    };
    for (const auto seed : test::seeds(2)) {
        SCOPED_TRACE(seed);
        test::town town{seed};
        std::vector<moment> moments;
        for (int i = 0; i < 12; ++i) {
            town.live(120);
            moments.push_back({town.now(), town.stands()});
            town.pass_time(1);
        }
        const test::folded& today = town.stands();
        const std::atomic<bool> never{false};
        auto past = history::make(town.journal(), never).value();
        for (const auto& [at, stood] : moments) {
            expect_same(past.books_at(at).value(), stood.books);
            for (const auto& [id, one] : today.wallets) {
                const auto seen = past.wallet_at(one.last_position, at).value();
                const auto then = stood.wallets.find(id);
                EXPECT_EQ(balances_of(seen), then == stood.wallets.end() ? balances{} : expected_of(then->second, at));
            }
            for (const auto& [id, one] : today.merchants) {
                const auto seen = past.merchant_at(one, at).value();
                const auto then = stood.merchants.find(id);
                expect_same(seen, then == stood.merchants.end() ? merchant{} : then->second);
            }
        }
    }
}

TEST(history, of_nothing_is_nothing) {
    test::town town{31};
    std::atomic<bool> ending{false};
    auto past = history::make(town.journal(), ending).value();
    EXPECT_TRUE(past.wallet_at(0, town.now()).value().lots.empty());
    EXPECT_TRUE(past.books_at(instant{0}).value().programs.empty());
    EXPECT_EQ(past.wallet_at(999'999, town.now()).error().code, errc::not_found);
    ending = true;
    EXPECT_EQ(past.books_at(town.now()).error().code, errc::stopped);
    EXPECT_EQ(past.wallet_at(1, town.now()).error().code, errc::stopped);
}

} // namespace
} // namespace meguri::storage
