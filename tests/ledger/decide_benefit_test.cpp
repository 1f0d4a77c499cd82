// Policy benefits by their rules: what a measure gives, who may be granted in which order of refusals, two persons for
// another list, and which code of an event is taken when.
#include "ledger/campaign.hpp"
#include "ledger/decide.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const instant benefit_noon = noon("2026-10-18");
constexpr journal_position benefit_campaign = 10;
const my_key_id some_id = my_key_id::drawn_by(77);

campaign_terms benefit_terms_of(amount_rule rule, std::int64_t most = 300) {
    campaign_terms terms{"子育て応援",      source("budget:042021:child"),
                         yen(1'000),        day("2026-10-01"),
                         day("2027-03-31"), rule,
                         yen(most),         {}};
    if (rule == amount_rule::steps) terms.steps = {{1'000, yen(100)}, {8'000, yen(most)}};
    if (rule == amount_rule::percentage) terms.basis_points = 250;
    return terms;
}

entry benefit_entry(fact what, journal_position position, person_ref who = first_operator) {
    entry one;
    one.position = position;
    one.caller = {who.kind, who.id};
    one.person = who.id;
    one.decided_at = benefit_noon;
    one.what = std::move(what);
    return one;
}

campaign approved_benefit(const campaign_terms& terms) {
    campaign one;
    apply(one, benefit_entry(campaign_proposed{ishinomaki, std::make_shared<const campaign_terms>(terms)},
                             benefit_campaign));
    apply(one, benefit_entry(*decide(decide_campaign{ishinomaki, benefit_campaign, true, {}}, second_operator, one), 11,
                             second_operator));
    return one;
}

accept_eligibility brings(unsigned char byte) {
    accept_eligibility asked{ishinomaki, benefit_campaign, {}, nullptr};
    asked.digest.fill(std::byte{byte});
    return asked;
}

// As the campaign's own check sees it, too.
void follow(campaign& one, eligibility_changed fact, journal_position position, person_ref who) {
    if (fact.list == 0) fact.lists = {position - 1};
    const auto made = benefit_entry(std::move(fact), position, who);
    ASSERT_TRUE(follows(one, made));
    apply(one, made);
}

benefit_question asks(std::optional<std::uint64_t> listed = {}, my_key_id id = some_id) {
    return {.wallet = resident,
            .occasion = std::string{benefit_occasion},
            .amount = {},
            .measured = 0,
            .my_key = id,
            .listed = listed};
}

TEST(amount_of, is_what_the_rule_says_of_the_measure) {
    struct row {
        amount_rule rule;
        std::uint64_t measured;
        std::optional<std::int64_t> given;
    };
    const row rows[] = {
        {amount_rule::steps, 0, {}},
        {amount_rule::steps, 999, {}},
        {amount_rule::steps, 1'000, 100},
        {amount_rule::steps, 7'999, 100},
        {amount_rule::steps, 8'000, 300},
        {amount_rule::steps, measure_max, 300},
        {amount_rule::percentage, 0, {}},
        {amount_rule::percentage, 39, {}}, // 0.975
        {amount_rule::percentage, 40, 1},
        {amount_rule::percentage, 79, 1}, // 1.975: whole points
        {amount_rule::percentage, 11'999, 299},
        {amount_rule::percentage, 12'000, 300},
        {amount_rule::percentage, 12'001, 300}, // the cap
        {amount_rule::percentage, measure_max, 300},
    };
    for (const auto& one : rows) {
        const auto given = amount_of(benefit_terms_of(one.rule), one.measured);
        EXPECT_EQ(given, one.given ? std::optional{yen(*one.given)} : std::nullopt) << one.measured;
    }
}

TEST(campaign_terms, are_possible_where_each_rule_has_what_it_needs_and_nothing_else) {
    for (const auto rule : {amount_rule::fixed, amount_rule::up_to, amount_rule::steps, amount_rule::percentage})
        EXPECT_TRUE(is_possible(benefit_terms_of(rule)));
    const auto wrong = [](amount_rule rule, auto change) {
        auto terms = benefit_terms_of(rule);
        change(terms);
        return !is_possible(terms);
    };
    EXPECT_TRUE(wrong(amount_rule::fixed, [](auto& t) { t.steps = {{0, yen(300)}}; }));
    EXPECT_TRUE(wrong(amount_rule::fixed, [](auto& t) { t.basis_points = 1; }));
    EXPECT_TRUE(wrong(amount_rule::steps, [](auto& t) { t.steps.clear(); }));
    EXPECT_TRUE(wrong(amount_rule::steps, [](auto& t) { t.per_grant = yen(301); }));
    EXPECT_TRUE(wrong(amount_rule::steps, [](auto& t) { t.steps[1].from = t.steps[0].from; }));
    EXPECT_TRUE(wrong(amount_rule::steps, [](auto& t) { t.steps[0].amount = t.steps[1].amount; }));
    EXPECT_TRUE(wrong(amount_rule::steps, [](auto& t) { t.steps[1].from = measure_max + 1; }));
    EXPECT_TRUE(wrong(amount_rule::percentage, [](auto& t) { t.basis_points = 0; }));
    EXPECT_TRUE(wrong(amount_rule::percentage, [](auto& t) { t.basis_points = basis_points_max + 1; }));
    EXPECT_TRUE(wrong(amount_rule::fixed, [](auto& t) { t.last_day = t.first_day.plus_days(-1); }));
}

TEST(decide_benefit, refuses_in_this_order) {
    auto terms = benefit_terms_of(amount_rule::steps, 2'000);
    terms.eligible_only = terms.per_person = true;
    auto one = approved_benefit(terms);
    const auto refused = [&](const benefit_question& asked, instant at = benefit_noon) {
        const auto decided = decide(asked, one, yen(900), at);
        return decided ? std::nullopt : std::optional{decided.error()};
    };
    EXPECT_EQ(refused(asks({}, {}), noon("2027-04-01")), refusal::campaign_not_open);
    EXPECT_EQ(refused(asks({}, {})), refusal::person_required);
    EXPECT_EQ(refused(asks()), refusal::eligibility_missing);
    follow(one, *decide(brings(1), first_operator, one, 1, benefit_noon), 20, first_operator);
    EXPECT_EQ(refused(asks()), refusal::not_eligible);
    EXPECT_EQ(refused(asks(999)), refusal::measure_too_small);
    EXPECT_EQ(refused(asks(8'000)), refusal::budget_exceeded); // 900 under way, of 1,000
    const auto allowed = decide(asks(1'000), one, yen(900), benefit_noon);
    ASSERT_TRUE(allowed.has_value());
    EXPECT_EQ(allowed->what.amount, yen(100));
    EXPECT_EQ(allowed->basis.list, 20U);
    EXPECT_EQ(allowed->basis.measured, 1'000U);
    EXPECT_TRUE(allowed->basis.needs_person);
}

TEST(decide_benefit, goes_to_the_wallet_only_while_it_is_that_person_s) {
    auto terms = benefit_terms_of(amount_rule::fixed);
    terms.per_person = true;
    const auto one = approved_benefit(terms);
    auto asked = asks();
    asked.occasion = "健康ウォーク";
    const auto allowed = decide(asked, one, {}, benefit_noon);
    ASSERT_TRUE(allowed.has_value());
    program_table programs;
    programs.programs.push_back({ishinomaki, "石巻市アイポイント", 180, false, issuer_kind::municipality, false});
    wallet to;
    to.id = resident;
    const auto taken = [&] {
        return decide(allowed->what, allowed->basis, benefit_campaign, to, programs, benefit_noon);
    };
    EXPECT_EQ(taken().error(), refusal::person_required);
    to.my_key = my_key_id::drawn_by(78);
    EXPECT_EQ(taken().error(), refusal::invalid_state);
    to.my_key = some_id;
    ASSERT_TRUE(taken().has_value());
    EXPECT_TRUE(follows(one, benefit_entry(*taken(), 30)));
    EXPECT_EQ(taken()->lot.amount, yen(300));
    to.frozen = true;
    EXPECT_EQ(taken().error(), refusal::wallet_frozen);
}

TEST(eligibility, is_accepted_by_one_person_and_replaced_by_two) {
    auto terms = benefit_terms_of(amount_rule::fixed);
    EXPECT_EQ(decide(brings(1), first_operator, approved_benefit(terms), 1, benefit_noon).error(),
              refusal::invalid_state);
    terms.eligible_only = true;
    auto one = approved_benefit(terms);
    EXPECT_EQ(decide(brings(1), first_operator, one, 1, noon("2027-04-01")).error(), refusal::campaign_not_open);
    follow(one, *decide(brings(1), first_operator, one, 9, benefit_noon), 20, first_operator);
    ASSERT_TRUE(one.eligible.has_value());
    EXPECT_EQ(one.eligible->rows, 9U);
    EXPECT_EQ(decide(brings(1), first_operator, one, 9, benefit_noon).error(), refusal::recipients_repeated);
    follow(one, *decide(brings(2), first_operator, one, 8, benefit_noon), 30, first_operator);
    EXPECT_EQ(one.eligible->position, 20U);
    EXPECT_EQ(decide(brings(3), first_operator, one, 8, benefit_noon).error(), refusal::invalid_state);
    const decide_eligibility yes{ishinomaki, benefit_campaign, true, {}};
    const decide_eligibility no{ishinomaki, benefit_campaign, false, "別の年度"};
    EXPECT_EQ(decide(yes, first_operator, one).error(), refusal::second_person_required);
    EXPECT_FALSE(follows(one, benefit_entry(*decide(yes, second_operator, one), 31, first_operator)));
    auto other = one;
    follow(other, *decide(no, second_operator, other), 31, second_operator);
    EXPECT_EQ(other.eligible->position, 20U);
    EXPECT_FALSE(other.open_eligible.has_value());
    follow(one, *decide(yes, second_operator, one), 31, second_operator);
    EXPECT_EQ(one.eligible->position, 30U);
    EXPECT_EQ(decide(yes, second_operator, one).error(), refusal::invalid_state);
}

TEST(event_code, is_taken_while_it_is_shown_and_for_a_moment) {
    const instant begins{1'000'000};
    const campaign_event rotating{5, "健康ウォーク", begins, begins.plus_ms(600'000), 30, false};
    const campaign_event slow{5, "健康ウォーク", begins, begins.plus_ms(600'000), 5, false};
    const campaign_event printed{5, "健康ウォーク", begins, begins.plus_ms(600'000), 0, false};
    struct row {
        const campaign_event& of;
        std::uint32_t code;
        std::int64_t after_ms;
        bool taken;
    };
    const row rows[] = {
        {printed, 0, -1, false},       {printed, 0, 0, true},          {printed, 0, 599'999, true},
        {printed, 0, 600'000, false},  {printed, 1, 0, false},         {rotating, 0, 0, true},
        {rotating, 1, 29'999, false},  {rotating, 0, 29'999, true},    {rotating, 0, 39'999, true},
        {rotating, 0, 40'000, false},  {rotating, 1, 30'000, true},    {rotating, 2, 69'999, true},
        {rotating, 1, 69'999, true},   {rotating, 1, 70'000, false},   {rotating, 0, 60'000, false},
        {rotating, 19, 599'999, true}, {rotating, 19, 600'000, false}, {slow, 0, 9'999, true},
        {slow, 0, 10'000, false},
    };
    for (const auto& one : rows)
        EXPECT_EQ(is_code_taken(one.of, one.code, begins.plus_ms(one.after_ms)), one.taken)
            << one.of.rotates_s << ' ' << one.code << ' ' << one.after_ms;
}

TEST(event, is_possible_within_bounds) {
    const campaign_event good{0, "x", instant{0}, instant{1}, 0, false};
    EXPECT_TRUE(is_possible(good));
    for (const auto& wrong : {campaign_event{0, "", instant{0}, instant{1}, 0, false},
                              campaign_event{0, "x", instant{1}, instant{1}, 0, false},
                              campaign_event{0, "x", instant{0}, instant{367LL * 86'400'000}, 0, false},
                              campaign_event{0, "x", instant{0}, instant{1}, event_rotation_min_s - 1, false},
                              campaign_event{0, "x", instant{0}, instant{1}, event_rotation_max_s + 1, false}})
        EXPECT_FALSE(is_possible(wrong));
}

TEST(event, is_opened_where_neither_list_nor_measure_says_how_much) {
    const open_event asked{ishinomaki, benefit_campaign, {0, "x", benefit_noon, benefit_noon.plus_ms(9), 0, false}};
    auto listed = benefit_terms_of(amount_rule::fixed);
    listed.eligible_only = true;
    EXPECT_EQ(decide(asked, first_operator, approved_benefit(listed)).error(), refusal::invalid_state);
    EXPECT_EQ(decide(asked, first_operator, approved_benefit(benefit_terms_of(amount_rule::steps))).error(),
              refusal::invalid_state);
    auto one = approved_benefit(benefit_terms_of(amount_rule::fixed));
    const auto opened = benefit_entry(*decide(asked, first_operator, one), 20);
    EXPECT_TRUE(follows(one, opened));
    apply(one, opened);
    ASSERT_EQ(one.events.size(), 1U);
    const redeem_event code{ishinomaki, benefit_campaign, 20, 0, resident};
    EXPECT_TRUE(event_of(code, one, benefit_noon).has_value());
    EXPECT_EQ(event_of(code, one, benefit_noon.plus_ms(9)).error(), refusal::event_not_open);
    apply(one, benefit_entry(*decide(close_event{ishinomaki, benefit_campaign, 20, "雨天"}, first_operator, one), 21));
    EXPECT_EQ(event_of(code, one, benefit_noon).error(), refusal::event_not_open);
    EXPECT_EQ(decide(close_event{ishinomaki, benefit_campaign, 20, "雨天"}, first_operator, one).error(),
              refusal::invalid_state);
}

TEST(event, stops_at_the_last_one) {
    const open_event asked{ishinomaki, benefit_campaign, {0, "x", benefit_noon, benefit_noon.plus_ms(9), 0, false}};
    auto one = approved_benefit(benefit_terms_of(amount_rule::fixed));
    for (journal_position at = 20; at < 20 + campaign_events_max; ++at)
        apply(one, benefit_entry(*decide(asked, first_operator, one), at));
    EXPECT_EQ(decide(asked, first_operator, one).error(), refusal::events_exhausted);
}

} // namespace
} // namespace meguri::ledger
