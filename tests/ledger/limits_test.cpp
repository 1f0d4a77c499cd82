#include "ledger/limits.hpp"

#include "tests/ledger/scene.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace meguri::ledger {
namespace {

constexpr std::int64_t minute = 60'000;
const instant midday = noon("2026-11-23");

usage_windows after(std::initializer_list<std::pair<std::int64_t, std::int64_t>> minutes_and_amounts) {
    usage_windows used;
    for (const auto& [minutes, amount] : minutes_and_amounts) used.add(midday.plus_ms(minutes * minute), yen(amount));
    return used;
}

TEST(usage_windows, count_a_day_of_japan) {
    usage_windows used;
    used.add(last_moment_of("2026-11-22"), yen(5));
    EXPECT_EQ(used.in_day(last_moment_of("2026-11-22")), (usage{5, 1}));
    EXPECT_EQ(used.in_day(last_moment_of("2026-11-22").plus_ms(1)), usage{}) << "the next day begins";
    used.add(midday, yen(10));
    used.add(last_moment_of("2026-11-23"), yen(7));
    EXPECT_EQ(used.in_day(midday), (usage{17, 2}));
    used.add(last_moment_of("2026-11-22"), yen(100));
    EXPECT_EQ(used.in_day(midday), (usage{17, 2})) << "a late one of the day before";
}

TEST(usage_windows, count_an_hour_by_minutes) {
    const auto used = after({{0, 1}, {0, 2}, {30, 4}, {60, 8}});
    EXPECT_EQ(used.in_hour(midday.plus_ms(60 * minute)), (usage{15, 4}));
    EXPECT_EQ(used.in_hour(midday.plus_ms(61 * minute - 1)), (usage{15, 4})) << "60 to 61 minutes";
    EXPECT_EQ(used.in_hour(midday.plus_ms(61 * minute)), (usage{12, 2}));
    EXPECT_EQ(used.in_hour(midday.plus_ms(121 * minute)), usage{});
    EXPECT_EQ(after({{0, 1}, {200, 2}}).minutes().size(), 1u) << "what is over is forgotten";
}

TEST(usage_windows, are_the_same_in_any_order) {
    for (const auto seed : test::seeds(50)) {
        SCOPED_TRACE(seed);
        test::dice dice{seed};
        std::vector<std::pair<instant, points>> payments;
        for (int i = 0; i < 60; ++i)
            payments.emplace_back(midday.plus_ms(dice.between(0, 20 * 60) * minute), yen(dice.between(1, 100)));
        const auto fold = [&] {
            usage_windows used;
            for (const auto& [at, amount] : payments) used.add(at, amount);
            return used;
        };
        const auto first = fold();
        std::shuffle(payments.begin(), payments.end(), dice.engine());
        EXPECT_EQ(fold(), first);
    }
}

TEST(reached, names_the_first_limit_that_one_more_payment_would_pass) {
    const limits all{yen(100), {yen(500), 5}, {yen(300), 3}};
    struct row {
        std::int64_t amount;
        usage in_day;
        usage in_hour;
        std::optional<limit_kind> kind;
    };
    const row rows[] = {
        {100, {}, {}, {}},
        {101, {}, {}, limit_kind::per_payment},
        {100, {400, 1}, {}, {}},
        {100, {401, 1}, {}, limit_kind::day_amount},
        {1, {0, 4}, {}, {}},
        {1, {0, 5}, {}, limit_kind::day_count},
        {100, {}, {200, 1}, {}},
        {100, {}, {201, 1}, limit_kind::hour_amount},
        {1, {}, {0, 2}, {}},
        {1, {}, {0, 3}, limit_kind::hour_count},
        {101, {999, 99}, {999, 99}, limit_kind::per_payment},
    };
    for (const auto& one : rows)
        EXPECT_EQ(reached(all, yen(one.amount), one.in_day, one.in_hour), one.kind) << one.amount;
    EXPECT_EQ(reached({}, yen(points::command_max), {1, 1}, {1, 1}), std::nullopt);
}

TEST(reached_limit, has_words_for_a_person) {
    EXPECT_EQ(text_of({limit_subject::wallet, limit_kind::per_payment}), "wallet: amount per payment");
    EXPECT_EQ(text_of({limit_subject::shop, limit_kind::hour_count}), "shop: count per hour");
}

// --- in the decision ---

struct limited_scene {
    limited_scene() {
        story.grant_lot(ishinomaki, 10'000, "2027-03-31", midday);
        story.grant_lot(aso, 10'000, "2027-03-31", midday);
        card = story.take_code(code_kind::card, midday);
    }
    payment_decided pay(std::int64_t amount, program_code program = ishinomaki, instant at = midday) {
        const authorize asked{program, yen(amount), "", {}};
        payment_question question{asked, program, *shop.terms, programs, till, outlet_kind::terminal, card};
        question.limit_at_merchant = reached_at_merchant(shop, till, yen(amount), reserved, at);
        auto decided = decide(question, &story.state(), at);
        story.tell(decided, at);
        entry made;
        made.decided_at = at;
        made.merchant = fishmonger;
        made.what = decided;
        apply(shop, made);
        return decided;
    }
    void limit_merchant(limit_subject subject, std::uint64_t id, limits set) {
        entry made;
        made.merchant = fishmonger;
        made.what = limits_set{subject, id, set, "x"};
        apply(shop, made);
    }
    wallet_story story;
    known_code card;
    program_table programs = programs_open({ishinomaki, aso});
    merchant shop{
        "魚屋", std::make_shared<merchant_terms>(fishmonger_accepting({ishinomaki, aso})), {}, 0, 0, {}, {}, 0, {}};
    reserved_usage reserved;
};

void expect_reached(const payment_decided& decided, limit_subject subject, limit_kind kind) {
    EXPECT_EQ(decided.decline, decline_code::limit_exceeded);
    EXPECT_EQ(decided.limit, (reached_limit{subject, kind}));
    EXPECT_TRUE(decided.lots.empty());
}

TEST(limits, of_a_wallet_count_all_its_payments) {
    limited_scene scene;
    EXPECT_EQ(scene.pay(900).decline, decline_code::none) << "before there was a limit: not counted";
    scene.story.tell(limits_set{limit_subject::wallet, resident.value(), {{}, {yen(1000), {}}, {}}, "x"}, midday);
    EXPECT_EQ(scene.pay(600).decline, decline_code::none);
    expect_reached(scene.pay(401, aso), limit_subject::wallet, limit_kind::day_amount);
    EXPECT_EQ(scene.pay(400, aso).decline, decline_code::none);
    expect_reached(scene.pay(1), limit_subject::wallet, limit_kind::day_amount);
    EXPECT_EQ(scene.pay(1000, aso, noon("2026-11-24")).decline, decline_code::none) << "a new day";
    scene.story.tell(limits_set{limit_subject::wallet, resident.value(), {}, "x"}, noon("2026-11-24"));
    EXPECT_EQ(scene.pay(5000, ishinomaki, noon("2026-11-24")).decline, decline_code::none) << "taken away";
}

TEST(limits, of_a_program_count_a_wallets_payments_in_it) {
    limited_scene scene;
    scene.programs.find(ishinomaki)->limit = {yen(500), {}, {{}, 2}};
    expect_reached(scene.pay(501), limit_subject::program, limit_kind::per_payment);
    EXPECT_EQ(scene.pay(500).decline, decline_code::none);
    EXPECT_EQ(scene.pay(500).decline, decline_code::none);
    expect_reached(scene.pay(1), limit_subject::program, limit_kind::hour_count);
    EXPECT_EQ(scene.pay(5000, aso).decline, decline_code::none) << "another program";
    EXPECT_EQ(scene.pay(1, ishinomaki, midday.plus_ms(61 * minute)).decline, decline_code::none);
}

TEST(limits, of_a_merchant_and_its_terminals_count_what_is_under_way_too) {
    limited_scene scene;
    scene.limit_merchant(limit_subject::merchant, fishmonger.value(), {{}, {yen(1000), {}}, {}});
    scene.limit_merchant(limit_subject::terminal, till.value(), {{}, {{}, 3}, {}});
    EXPECT_EQ(scene.pay(300).decline, decline_code::none);
    scene.reserved.merchant = {600, 2};
    expect_reached(scene.pay(101), limit_subject::merchant, limit_kind::day_amount);
    scene.reserved.outlet = {600, 2};
    expect_reached(scene.pay(100), limit_subject::terminal, limit_kind::day_count);
    scene.reserved = {};
    EXPECT_EQ(scene.pay(700).decline, decline_code::none) << "they came to nothing";
    expect_reached(scene.pay(1), limit_subject::merchant, limit_kind::day_amount);
}

TEST(limits, count_holds_and_get_nothing_back) {
    limited_scene scene;
    scene.programs.find(ishinomaki)->limit = {{}, {yen(1000), {}}, {}};
    (void)scene.pay(1000);
    const auto& last = scene.story.state();
    payment_state payment;
    payment.sequence = last.sequence;
    payment.wallet = resident;
    payment.merchant = fishmonger;
    payment.program = ishinomaki;
    payment.amount = yen(1000);
    payment.captured = yen(1000);
    payment.status = payment_status::captured;
    payment.lots = {{lot_terms_of(1, ishinomaki, "2027-03-31", midday), yen(1000)}};
    scene.story.tell(*decide(refund_payment{}, payment, last, midday), midday);
    expect_reached(scene.pay(1), limit_subject::program, limit_kind::day_amount);
}

} // namespace
} // namespace meguri::ledger
