// The rules of purchases as tables: what may be asked for, what money pays, and what takes two persons.
#include "ledger/decide.hpp"
#include "ledger/purchase.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const purchase_reference number_one = *purchase_reference::from_number(8'271'650'394);
const instant asked_at = noon("2026-10-18");

purchase_terms selling() { return {yen(1'000), yen(10'000), yen(15'000), yen(20'000), 7}; }

program_table shop_window() {
    auto programs = programs_open({ishinomaki, aso});
    programs.find(ishinomaki)->sale = selling();
    return programs;
}

request_purchase asking_for(std::int64_t amount, program_code program = ishinomaki) {
    return {resident, program, yen(amount)};
}

entry told(fact what, person_ref who = first_operator, journal_position position = 50, instant at = asked_at) {
    entry one;
    one.position = position;
    one.caller = {who.kind, who.id};
    one.person = who.id;
    one.wallet = resident;
    one.decided_at = at;
    one.what = std::move(what);
    return one;
}

purchase requested(std::int64_t amount = 5'000) {
    return *purchase_in(told(*decide(asking_for(amount), shop_window(), {}, number_one, asked_at)));
}

transfer_line line_of(std::int64_t amount, std::string_view on = "2026-10-20") {
    return {day(on), yen(amount), "ﾔﾏﾀﾞ ﾊﾅｺ", number_one.text(), "000017"};
}

bank_transfer waiting() {
    const auto taken = decide(take_transfer{ishinomaki, line_of(4'000)}, nullptr);
    return *transfer_in(
        told(transfer_changed{transfer_step::arrival, std::make_shared<const bank_transfer>(taken.transfer)},
             first_operator, 60));
}

bank_transfer proposed(const purchase* meant) {
    const propose_for_transfer asked{ishinomaki, 60, meant != nullptr ? meant->reference : purchase_reference{},
                                     "照会"};
    return *decide(asked, first_operator, waiting(), meant)->after;
}

TEST(request_purchase, is_refused) {
    struct row {
        program_code program;
        std::int64_t amount;
        purchase_usage used;
        bool frozen;
        std::optional<refusal> why;
    };
    const auto today = day("2026-10-18");
    const row rows[] = {
        {ishinomaki, 1'000, {}, false, std::nullopt},
        {ishinomaki, 10'000, {}, false, std::nullopt},
        {kumamoto, 1'000, {}, false, refusal::program_unknown},
        {aso, 1'000, {}, false, refusal::purchase_not_offered},
        {ishinomaki, 1'000, {}, true, refusal::purchase_not_offered},
        {ishinomaki, 999, {}, false, refusal::purchase_amount_not_allowed},
        {ishinomaki, 10'001, {}, false, refusal::purchase_amount_not_allowed},
        {ishinomaki, 10'000, {today, yen(5'000), yen(5'000)}, false, std::nullopt},
        {ishinomaki, 10'000, {today, yen(5'001), yen(5'001)}, false, refusal::purchase_limit_reached},
        {ishinomaki, 10'000, {day("2026-10-17"), yen(5'001), yen(10'000)}, false, std::nullopt},
        {ishinomaki, 10'000, {day("2026-10-17"), yen(5'001), yen(10'001)}, false, refusal::purchase_limit_reached},
        {ishinomaki, 10'000, {day("2026-09-30"), yen(15'000), yen(20'000)}, false, std::nullopt},
        {ishinomaki, 10'000, {day("2025-10-18"), yen(15'000), yen(20'000)}, false, std::nullopt},
    };
    for (const auto& one : rows) {
        auto programs = shop_window();
        programs.find(ishinomaki)->frozen = one.frozen;
        const auto made = decide(asking_for(one.amount, one.program), programs, one.used, number_one, asked_at);
        EXPECT_EQ(made.has_value(), !one.why) << one.amount;
        if (!made) {
            EXPECT_EQ(made.error(), one.why) << one.amount;
            continue;
        }
        EXPECT_EQ(made->after->last_day, day("2026-10-25"));
        const purchase_before before{nullptr, one.used, &*programs.find(ishinomaki)->sale, nullptr};
        EXPECT_TRUE(follows(before, told(*made)));
    }
}

TEST(request_purchase, counts_the_day_and_the_month_and_a_cancellation_gives_them_back) {
    const auto first = *decide(asking_for(5'000), shop_window(), {}, number_one, asked_at);
    EXPECT_EQ(first.usage, (purchase_usage{day("2026-10-18"), yen(5'000), yen(5'000)}));
    const auto one = requested();
    struct row {
        const char* on;
        purchase_usage used;
        purchase_usage left;
    };
    const row rows[] = {
        {"2026-10-18", first.usage, {day("2026-10-18"), yen(0), yen(0)}},
        {"2026-10-18", {day("2026-10-18"), yen(7'000), yen(9'000)}, {day("2026-10-18"), yen(2'000), yen(4'000)}},
        {"2026-10-19", first.usage, {day("2026-10-19"), yen(0), yen(0)}},
        {"2026-10-19", {day("2026-10-19"), yen(1'000), yen(6'000)}, {day("2026-10-19"), yen(1'000), yen(1'000)}},
        {"2026-11-01", {day("2026-11-01"), yen(1'000), yen(1'000)}, {day("2026-11-01"), yen(1'000), yen(1'000)}},
    };
    for (const auto& each : rows) {
        const auto made =
            decide(cancel_purchase{ishinomaki, resident, number_one, "取りやめ"}, one, each.used, noon(each.on));
        ASSERT_TRUE(made) << each.on;
        EXPECT_EQ(made->usage, each.left) << each.on;
        EXPECT_EQ(made->after->status, purchase_status::cancelled);
        EXPECT_TRUE(follows({&one, each.used, nullptr, nullptr}, told(*made, first_operator, 51, noon(each.on))));
    }
    auto paid = one;
    paid.status = purchase_status::paid;
    EXPECT_EQ(decide(cancel_purchase{ishinomaki, resident, number_one, ""}, paid, {}, asked_at).error(),
              refusal::invalid_state);
}

TEST(take_transfer, pays_what_its_reference_names_and_nothing_else) {
    struct row {
        const char* what;
        std::int64_t amount;
        const char* on;
        std::string reference;
        purchase_status stands;
        bool is_known;
        transfer_mismatch expected;
    };
    const auto right = number_one.text();
    auto wrong = right;
    wrong[0] = wrong[0] == '9' ? '8' : '9';
    using why = transfer_mismatch;
    using stood = purchase_status;
    const row rows[] = {
        {"exact", 5'000, "2026-10-20", right, stood::awaiting_payment, true, why::none},
        {"on its last day", 5'000, "2026-10-25", right, stood::awaiting_payment, true, why::none},
        {"the day after", 5'000, "2026-10-26", right, stood::awaiting_payment, true, why::late},
        {"a yen less", 4'999, "2026-10-20", right, stood::awaiting_payment, true, why::amount_differs},
        {"a yen more", 5'001, "2026-10-20", right, stood::awaiting_payment, true, why::amount_differs},
        {"twice", 5'000, "2026-10-20", right, stood::paid, true, why::already_paid},
        {"given up", 5'000, "2026-10-20", right, stood::cancelled, true, why::cancelled},
        {"no reference", 5'000, "2026-10-20", "", stood::awaiting_payment, true, why::reference_missing},
        {"wrong check digits", 5'000, "2026-10-20", wrong, stood::awaiting_payment, true, why::reference_invalid},
        {"nobody's", 5'000, "2026-10-20", right, stood::awaiting_payment, false, why::reference_unknown},
    };
    for (const auto& one : rows) {
        auto meant = requested();
        meant.status = one.stands;
        auto line = line_of(one.amount, one.on);
        line.reference = one.reference;
        const auto taken = decide(take_transfer{ishinomaki, line}, one.is_known ? &meant : nullptr);
        EXPECT_EQ(taken.transfer.why, one.expected) << one.what;
        EXPECT_EQ(taken.paid.has_value(), one.expected == why::none) << one.what;
        const auto transfer = std::make_shared<const bank_transfer>(taken.transfer);
        if (!taken.paid) {
            EXPECT_TRUE(follows(purchase_before{}, told(transfer_changed{transfer_step::arrival, transfer})))
                << one.what;
            continue;
        }
        EXPECT_EQ(grant_of(*taken.paid).amount, yen(one.amount));
        EXPECT_EQ(grant_of(*taken.paid).source.text(), "purchase:042021:counter");
        const lot_use lot{lot_terms_of(1, ishinomaki, "2027-04-16", asked_at, "purchase:042021:counter"),
                          yen(one.amount)};
        const purchase_paid fact{std::make_shared<const purchase>(*taken.paid), lot, transfer};
        EXPECT_TRUE(follows({&meant, {}, nullptr, nullptr}, told(fact))) << one.what;
        const auto known = *transfer_in(told(fact));
        EXPECT_FALSE(follows({&meant, {}, nullptr, &known}, told(fact))) << "the same line again";
        EXPECT_FALSE(follows({&*taken.paid, {}, nullptr, nullptr}, told(fact))) << "paid already";
    }
}

TEST(unmatched_transfers, take_two_persons) {
    const auto meant = requested();
    const auto to_assign = proposed(&meant);
    const auto to_return = proposed(nullptr);
    EXPECT_EQ(to_assign.status, transfer_status::assignment_proposed);
    EXPECT_EQ(to_return.status, transfer_status::return_proposed);
    const decide_transfer approval{ishinomaki, 60, true, {}};
    const decide_transfer rejection{ishinomaki, 60, false, "誤り"};

    EXPECT_EQ(decide_assignment(approval, first_operator, to_assign, meant).error(), refusal::second_person_required);
    const auto taken = decide_assignment(approval, second_operator, to_assign, meant);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->transfer.status, transfer_status::assigned);
    EXPECT_EQ(taken->paid->credited, yen(4'000)) << "what came, not what was asked for";
    auto paid = meant;
    paid.status = purchase_status::paid;
    EXPECT_EQ(decide_assignment(approval, second_operator, to_assign, paid).error(), refusal::invalid_state);

    EXPECT_EQ(decide(approval, first_operator, to_return).error(), refusal::second_person_required);
    EXPECT_EQ(decide(approval, second_operator, to_return)->after->status, transfer_status::to_return);
    for (const auto& open : {to_assign, to_return}) {
        EXPECT_EQ(decide(rejection, first_operator, open).error(), refusal::second_person_required);
        const auto rejected = decide(rejection, second_operator, open);
        ASSERT_TRUE(rejected);
        EXPECT_EQ(rejected->after->status, transfer_status::unmatched);
        EXPECT_TRUE(follows({nullptr, {}, nullptr, &open}, told(*rejected, second_operator)));
        EXPECT_FALSE(follows({nullptr, {}, nullptr, &open}, told(*rejected, first_operator)));
        EXPECT_EQ(decide(propose_for_transfer{ishinomaki, 60, {}, ""}, second_operator, open, nullptr).error(),
                  refusal::invalid_state);
    }
    EXPECT_EQ(decide(rejection, second_operator, waiting()).error(), refusal::invalid_state);
    EXPECT_EQ(decide(propose_for_transfer{ishinomaki, 60, number_one, ""}, first_operator, waiting(), &paid).error(),
              refusal::invalid_state);
}

class refunds : public ::testing::Test {
protected:
    refunds() {
        programs.find(ishinomaki)->sale->refund_days = 30;
        story.grant_lot(ishinomaki, 5'000, "2027-04-16", asked_at, "purchase:042021:counter");
        bought = requested();
        bought.position = 50;
        bought.status = purchase_status::paid;
        bought.credited = yen(5'000);
        bought.refund = purchase_refund{1, day("2026-10-20"), {}, {}, {}};
    }
    [[nodiscard]] tl::expected<purchase_changed, refusal> proposed(const char* on = "2026-10-21") const {
        return decide(propose_refund{ishinomaki, resident, number_one, "転出"}, first_operator, bought, programs,
                      noon(on));
    }
    program_table programs = shop_window();
    wallet_story story;
    purchase bought;
    const decide_refund approval{ishinomaki, resident, number_one, true, "確認"};
    const decide_refund rejection{ishinomaki, resident, number_one, false, "誤り"};
};

TEST_F(refunds, are_an_exception_that_the_program_makes_for_some_days) {
    EXPECT_TRUE(proposed("2026-11-19"));
    EXPECT_EQ(proposed("2026-11-20").error(), refusal::refund_not_allowed);
    programs.find(ishinomaki)->sale->refund_days = 0;
    EXPECT_EQ(proposed().error(), refusal::refund_not_allowed);
    bought.status = purchase_status::awaiting_payment;
    EXPECT_EQ(proposed().error(), refusal::invalid_state);
}

TEST_F(refunds, take_what_is_unspent_and_two_persons) {
    EXPECT_EQ(approve(approval, second_operator, bought, story.state()).error(), refusal::invalid_state);
    const auto step = *proposed();
    const auto terms = *programs.find(ishinomaki)->sale;
    EXPECT_TRUE(follows({&bought, {}, &terms, nullptr}, told(step, first_operator, 70, noon("2026-10-21"))));
    EXPECT_FALSE(follows({&bought, {}, &terms, nullptr}, told(step, first_operator, 70, noon("2026-11-20"))));
    const purchase open = *step.after;
    EXPECT_EQ(approve(approval, first_operator, open, story.state()).error(), refusal::second_person_required);
    EXPECT_EQ(reject(rejection, first_operator, open).error(), refusal::second_person_required);
    const auto rejected = reject(rejection, second_operator, open);
    ASSERT_TRUE(rejected);
    EXPECT_TRUE(follows({&open, {}, nullptr, nullptr}, told(*rejected, second_operator)));
    EXPECT_FALSE(follows({&open, {}, nullptr, nullptr}, told(*rejected, first_operator)));

    const auto whole = approve(approval, second_operator, open, story.state());
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->lot.amount, yen(5'000));
    EXPECT_EQ(whole->after->refund->amount, yen(5'000));
    EXPECT_TRUE(follows({&open, {}, nullptr, nullptr}, told(*whole, second_operator)));
    EXPECT_FALSE(follows({&open, {}, nullptr, nullptr}, told(*whole, first_operator)));
    EXPECT_FALSE(follows({&*whole->after, {}, nullptr, nullptr}, told(*whole, second_operator))) << "once";
    auto elsewhere = open;
    elsewhere.refund->lot = 2;
    EXPECT_EQ(approve(approval, second_operator, elsewhere, story.state()).error(), refusal::nothing_unspent);
}

TEST(purchases, are_shown_as_expired_when_nobody_paid_in_time) {
    const auto one = requested();
    EXPECT_EQ(status_name(one, day("2026-10-25"), false), "awaiting_payment");
    EXPECT_EQ(status_name(one, day("2026-10-26"), false), "expired");
}

} // namespace
} // namespace meguri::ledger
