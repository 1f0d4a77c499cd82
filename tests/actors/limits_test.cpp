// Limits through real actors: what many wallets decide at once for one merchant never passes its limits.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::decline_code;
using ledger::limit_subject;

class limited_payments : public payment_scene {
protected:
    void limit(limit_subject subject, std::uint64_t id, ledger::limits set) {
        running->decided<ledger::limits_set>(stepped_switch::first_operator(),
                                             ledger::command{ledger::set_limits{subject, id, set, "試験"}});
    }
    // Of so many payments at once, each of 100 points: how many were approved, and how many limited.
    std::pair<std::ptrdiff_t, std::ptrdiff_t> pay_at_once(int payments, const std::string& key) {
        std::vector<actors::operation_ptr> all;
        for (int i = 0; i < payments; ++i)
            all.push_back(running->submit(till, pay(100, card), key + std::to_string(i)));
        running->settle();
        const auto with = [&](decline_code code) {
            return std::ranges::count_if(all, [code](const auto& op) {
                return std::get<ledger::payment_decided>(op->record.what).decline == code;
            });
        };
        return {with(decline_code::none), with(decline_code::limit_exceeded)};
    }
};

TEST_F(limited_payments, at_once_never_pass_a_limit_of_any_subject) {
    open(2);
    furnish();
    using counts = std::pair<std::ptrdiff_t, std::ptrdiff_t>;
    EXPECT_EQ(pay_at_once(4, "free"), counts(4, 0));
    limit(limit_subject::merchant, merchant.value(), {{}, {yen(500), {}}, {}});
    EXPECT_EQ(pay_at_once(8, "merchant"), counts(5, 3));
    limit(limit_subject::merchant, merchant.value(), {});
    limit(limit_subject::terminal, till.outlet.value(), {{}, {}, {{}, 9}});
    EXPECT_EQ(pay_at_once(8, "terminal"), counts(4, 4)) << "five were counted while the merchant had a limit";
    limit(limit_subject::terminal, till.outlet.value(), {});
    limit(limit_subject::program, ishinomaki.number(), {{}, {{}, 3}, {}});
    EXPECT_EQ(pay_at_once(8, "program"), counts(3, 5));
    limit(limit_subject::program, ishinomaki.number(), {});
    limit(limit_subject::wallet, wallet.value(), {yen(99), {}, {}});
    EXPECT_EQ(pay_at_once(2, "wallet"), counts(0, 2));
}

TEST_F(limited_payments, are_counted_across_passivation_and_restart) {
    furnish();
    limit(limit_subject::merchant, merchant.value(), {{}, {yen(300), {}}, {}});
    limit(limit_subject::wallet, wallet.value(), {{}, {{}, 4}, {}});
    EXPECT_EQ(paid(100, "a").decline, decline_code::none);
    running->checkpoint();
    passivate();
    EXPECT_EQ(paid(100, "b").decline, decline_code::none);
    open(2);
    EXPECT_EQ(paid(100, "c").decline, decline_code::none);
    const auto limited = paid(1, "d");
    EXPECT_EQ(limited.decline, decline_code::limit_exceeded);
    EXPECT_EQ(limited.limit, (ledger::reached_limit{limit_subject::merchant, ledger::limit_kind::day_amount}));
    EXPECT_EQ(running->ask(till, pay(1, card), "d")->end, ending::replayed);
    limit(limit_subject::merchant, merchant.value(), {});
    EXPECT_EQ(paid(100, "e").decline, decline_code::none);
    EXPECT_EQ(paid(100, "f").limit, (ledger::reached_limit{limit_subject::wallet, ledger::limit_kind::day_count}));
}

TEST_F(limited_payments, that_came_to_nothing_are_not_counted) {
    furnish();
    limit(limit_subject::merchant, merchant.value(), {{}, {yen(5000), {}}, {}});
    EXPECT_EQ(paid(4000, "a").decline, decline_code::none);
    const auto too_much = running->submit(till, pay(1001, card), "b");  // passes the limit
    const auto not_there = running->submit(till, pay(1000, card), "c"); // takes all that is left of both
    const auto nothing_left = running->submit(till, pay(1, card), "d"); // of limit and points
    running->settle();
    const auto decline_of = [](const auto& op) { return std::get<ledger::payment_decided>(op->record.what).decline; };
    EXPECT_EQ(decline_of(too_much), decline_code::limit_exceeded);
    EXPECT_EQ(decline_of(not_there), decline_code::none);
    EXPECT_EQ(decline_of(nothing_left), decline_code::limit_exceeded) << "before insufficient_points";
    limit(limit_subject::merchant, merchant.value(), {{}, {yen(5005), {}}, {}});
    EXPECT_EQ(paid(5, "e").decline, decline_code::insufficient_points);
    running->decided<ledger::points_granted>(stepped_switch::first_operator(), grant(100));
    EXPECT_EQ(paid(5, "f").decline, decline_code::none) << "the declined one gave its reservation back";
    EXPECT_EQ(paid(1, "g").decline, decline_code::limit_exceeded);
}

TEST_F(limited_payments, of_what_is_not_there_are_refused) {
    furnish();
    const auto refused = [&](limit_subject subject, std::uint64_t id) {
        const auto op = running->ask(stepped_switch::first_operator(),
                                     ledger::command{ledger::set_limits{subject, id, {}, "試験"}});
        EXPECT_EQ(op->end, ending::refused);
        return op->refusal;
    };
    EXPECT_EQ(refused(limit_subject::wallet, 999), ledger::refusal::wallet_unknown);
    EXPECT_EQ(refused(limit_subject::program, 432148), ledger::refusal::program_unknown);
    EXPECT_EQ(refused(limit_subject::merchant, 999), ledger::refusal::merchant_unknown);
    EXPECT_EQ(refused(limit_subject::shop, till.outlet.value()), ledger::refusal::outlet_unknown);
    EXPECT_EQ(refused(limit_subject::terminal, till.outlet.value() + 1), ledger::refusal::outlet_unknown);
}

} // namespace
} // namespace meguri::test
