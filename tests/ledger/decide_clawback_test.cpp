// Claw-backs by their rules: two persons, what no payment holds and nothing else, and a budget that has it again.
#include "ledger/accounts.hpp"
#include "ledger/campaign.hpp"
#include "ledger/decide.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const instant clawback_noon = noon("2026-10-18");
constexpr journal_position clawed_campaign = 10;

entry clawback_entry(fact what, journal_position position, person_ref who = first_operator) {
    entry one;
    one.position = position;
    one.caller = {who.kind, who.id};
    one.person = who.id;
    one.decided_at = clawback_noon;
    one.what = std::move(what);
    return one;
}

lot_terms_ptr lot_of_campaign(std::uint32_t number) {
    return std::make_shared<const lot_terms>(
        lot_terms{number, ishinomaki, source("budget:042021:health"), day("2027-04-16"), clawback_noon});
}

// 300 of 300 points granted, to one person.
campaign spent_campaign() {
    const campaign_terms terms{"歩いて健康",      source("budget:042021:health"),
                               yen(300),          day("2026-10-01"),
                               day("2027-03-31"), amount_rule::up_to,
                               yen(300),          {}};
    campaign one;
    apply(one, clawback_entry(campaign_proposed{ishinomaki, std::make_shared<const campaign_terms>(terms)},
                              clawed_campaign));
    apply(one, clawback_entry(*decide(decide_campaign{ishinomaki, clawed_campaign, true, {}}, second_operator, one), 11,
                              second_operator));
    apply(one, clawback_entry(campaign_granted{resident, clawed_campaign, "清掃", {lot_of_campaign(1), yen(300)}}, 12));
    return one;
}

void follow_with(campaign& one, fact what, journal_position position, person_ref who = first_operator) {
    const auto made = clawback_entry(std::move(what), position, who);
    ASSERT_TRUE(follows(one, made)) << position;
    apply(one, made);
}

clawback_changed proposed_rows(const campaign& of, std::uint32_t rows) {
    auto fact = *decide(propose_clawback{ishinomaki, clawed_campaign, nullptr, {}, "終了"}, first_operator, of, rows);
    fact.lists = {13};
    return fact;
}

TEST(clawback, needs_two_persons_and_something_granted) {
    auto one = spent_campaign();
    const propose_clawback asked{ishinomaki, clawed_campaign, nullptr, {}, "終了"};
    EXPECT_EQ(decide(asked, first_operator, one, 0).error(), refusal::nothing_granted);
    EXPECT_EQ(decide(asked, first_operator, campaign{}, 1).error(), refusal::campaign_not_open);
    follow_with(one, proposed_rows(one, 1), 20);
    const decide_clawback yes{ishinomaki, clawed_campaign, 20, true, {}};
    EXPECT_EQ(decide(yes, first_operator, one).error(), refusal::second_person_required);
    EXPECT_EQ(decide(decide_clawback{ishinomaki, clawed_campaign, 19, true, {}}, second_operator, one).error(),
              refusal::campaign_unknown);
    follow_with(one, *decide(yes, second_operator, one), 21, second_operator);
    EXPECT_EQ(decide(yes, second_operator, one).error(), refusal::invalid_state);
}

TEST(clawback, gives_the_budget_back_what_it_took) {
    auto one = spent_campaign();
    EXPECT_FALSE(one.taken_with(yen(1)).has_value());
    follow_with(one, proposed_rows(one, 2), 20);
    follow_with(one, *decide(decide_clawback{ishinomaki, clawed_campaign, 20, true, {}}, second_operator, one), 21,
                second_operator);
    const points_clawed_back taken{resident, clawed_campaign, 20, 0, {lot_of_campaign(1), yen(120)}};
    follow_with(one, taken, 22);
    EXPECT_EQ(one.granted, yen(300));
    EXPECT_EQ(one.clawed_back, yen(120));
    EXPECT_TRUE(one.taken_with(yen(120)).has_value());
    EXPECT_FALSE(one.taken_with(yen(121)).has_value());
    auto too_much = taken;
    too_much.lot.amount = yen(181);
    EXPECT_FALSE(follows(one, clawback_entry(too_much, 23)));
    auto ended = clawback_changed{};
    ended.program = ishinomaki;
    ended.campaign = clawed_campaign;
    ended.step = clawback_step::rows_ended;
    ended.clawback = 20;
    ended.maker = first_operator;
    ended.ended = {{1, 2, left_out_reason::nothing_unspent}};
    follow_with(one, ended, 23);
    EXPECT_TRUE(one.clawbacks.at(0).is_finished());
    EXPECT_FALSE(follows(one, clawback_entry(taken, 24))) << "it is over";
}

TEST(clawback, takes_what_no_payment_holds) {
    wallet from;
    from.id = resident;
    const claw_back_row asked{ishinomaki, clawed_campaign, 20, 0, resident, 1};
    EXPECT_EQ(decide(asked, from).error(), refusal::nothing_unspent);
    from.lots = {{lot_of_campaign(1), yen(70), yen(50)}, {lot_of_campaign(2), yen(500), {}}};
    const auto taken = decide(asked, from);
    ASSERT_TRUE(taken.has_value());
    EXPECT_EQ(taken->lot.amount, yen(70));
    books all;
    entry one = clawback_entry(*taken, 22);
    std::int64_t cancelled = 0;
    for_each_posting(one, [&](const posting& each) {
        if (each.on == of(account::cancelled, funding_kind::budget)) cancelled += each.amount.value();
    });
    EXPECT_EQ(cancelled, 70);
    from.lots[0].available = {};
    EXPECT_EQ(decide(asked, from).error(), refusal::nothing_unspent) << "what is held stays";
}

TEST(clawback, stops_at_the_last_one) {
    auto one = spent_campaign();
    for (journal_position at = 20; at < 20 + clawbacks_max; ++at) follow_with(one, proposed_rows(one, 1), at);
    EXPECT_EQ(
        decide(propose_clawback{ishinomaki, clawed_campaign, nullptr, {}, "終了"}, first_operator, one, 1).error(),
        refusal::clawbacks_exhausted);
}

} // namespace
} // namespace meguri::ledger
