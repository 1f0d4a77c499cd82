// The rules of campaigns as tables: who may do what when, and what the budget lets through.
#include "ledger/campaign.hpp"
#include "ledger/decide.hpp"
#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const instant today_noon = noon("2026-10-18");

campaign_terms walking(amount_rule rule = amount_rule::fixed) {
    return {"歩いて健康",      source("budget:042021:health"),
            yen(1000),         day("2026-10-01"),
            day("2027-03-31"), rule,
            yen(300),          {}};
}

entry by(person_ref who, fact what, journal_position position, instant at = today_noon) {
    entry one;
    one.position = position;
    one.caller = {who.kind, who.id};
    one.person = who.id;
    one.decided_at = at;
    one.what = std::move(what);
    return one;
}

campaign proposed(campaign_terms terms = walking()) {
    campaign one;
    apply(one, by(first_operator,
                  campaign_proposed{ishinomaki, std::make_shared<const campaign_terms>(std::move(terms))}, 10));
    return one;
}

// What the second one does after the first, as the ledger would.
void take(campaign& one, person_ref who, campaign_changed step) {
    const auto made = by(who, std::move(step), one.last_position + 1);
    EXPECT_TRUE(follows(one, made));
    apply(one, made);
}

campaign approved(campaign_terms terms = walking()) {
    auto one = proposed(std::move(terms));
    take(one, second_operator, *decide(decide_campaign{ishinomaki, 10, true, {}}, second_operator, one));
    return one;
}

campaign_granted granted(std::int64_t amount, std::string_view expires_on = "2027-04-16") {
    auto lot = std::make_shared<const lot_terms>(
        lot_terms{1, ishinomaki, source("budget:042021:health"), day(expires_on), today_noon});
    return {resident, 10, "健康ウォーク", {std::move(lot), yen(amount)}};
}

grant_from_campaign asking(std::optional<std::int64_t> amount = {}) {
    return {ishinomaki, 10, resident, "健康ウォーク", amount ? std::optional{yen(*amount)} : std::nullopt};
}

TEST(propose_campaign, is_refused) {
    const auto programs = programs_open({ishinomaki});
    struct row {
        program_code program;
        std::size_t known;
        const char* first_day;
        const char* last_day;
        const char* expires_on;
        std::optional<refusal> why;
    };
    const row rows[] = {
        {ishinomaki, 0, "2026-10-01", "2026-10-18", nullptr, {}},
        {ishinomaki, campaigns_max - 1, "2027-10-01", "2027-10-18", "2027-10-18", {}},
        {aso, 0, "2026-10-01", "2026-10-18", nullptr, refusal::program_unknown},
        {ishinomaki, campaigns_max, "2026-10-01", "2026-10-18", nullptr, refusal::campaigns_exhausted},
        {ishinomaki, 0, "2026-10-01", "2026-10-17", nullptr, refusal::campaign_not_open},
        {ishinomaki, 0, "2026-10-01", "2026-10-18", "2026-10-17", refusal::expires_in_the_past},
        {ishinomaki, 0, "2026-10-01", "2026-10-18", "2199-01-01", refusal::expires_too_far},
    };
    for (const auto& one : rows) {
        auto terms = walking();
        terms.first_day = day(one.first_day);
        terms.last_day = day(one.last_day);
        if (one.expires_on != nullptr) terms.expires_on = day(one.expires_on);
        const auto decided = decide(propose_campaign{one.program, std::make_shared<const campaign_terms>(terms)},
                                    one.known, programs, today_noon);
        EXPECT_EQ(decided ? std::nullopt : std::optional{decided.error()}, one.why) << one.last_day;
    }
}

TEST(decide_campaign, takes_a_second_person_and_once) {
    auto one = proposed();
    const decide_campaign approve{ishinomaki, 10, true, {}};
    EXPECT_EQ(decide(approve, first_operator, one).error(), refusal::second_person_required);
    EXPECT_EQ(decide(approve, person_ref{}, one).error(), refusal::second_person_required);
    EXPECT_EQ(decide(asking(), one, {}, today_noon).error(), refusal::campaign_not_open);
    take(one, second_operator, *decide(approve, second_operator, one));
    EXPECT_EQ(one.budget, yen(1000));
    EXPECT_EQ(decide(approve, second_operator, one).error(), refusal::invalid_state);

    auto other = proposed();
    take(other, second_operator, *decide(decide_campaign{ishinomaki, 10, false, "予算なし"}, second_operator, other));
    EXPECT_EQ(other.status, campaign_status::rejected);
    EXPECT_EQ(other.budget, points{});
    EXPECT_EQ(decide(approve, second_operator, other).error(), refusal::invalid_state);
    EXPECT_EQ(decide(asking(), other, {}, today_noon).error(), refusal::campaign_not_open);
}

TEST(grant_from_campaign, stays_within_rule_days_and_budget) {
    struct row {
        amount_rule rule;
        std::optional<std::int64_t> amount;
        std::int64_t granted;
        std::int64_t reserved;
        const char* on;
        std::optional<refusal> why;
        std::int64_t gives;
    };
    using enum amount_rule;
    const row rows[] = {
        {fixed, {}, 0, 0, "2026-10-18", {}, 300},
        {fixed, 300, 0, 0, "2026-10-18", {}, 300},
        {fixed, 299, 0, 0, "2026-10-18", refusal::amount_not_allowed, 0},
        {up_to, {}, 0, 0, "2026-10-18", {}, 300},
        {up_to, 1, 0, 0, "2026-10-18", {}, 1},
        {up_to, 301, 0, 0, "2026-10-18", refusal::amount_not_allowed, 0},
        {fixed, {}, 0, 0, "2026-10-01", {}, 300},
        {fixed, {}, 0, 0, "2027-03-31", {}, 300},
        {fixed, {}, 0, 0, "2026-09-30", refusal::campaign_not_open, 0},
        {fixed, {}, 0, 0, "2027-04-01", refusal::campaign_not_open, 0},
        {fixed, {}, 600, 100, "2026-10-18", {}, 300},
        {fixed, {}, 600, 101, "2026-10-18", refusal::budget_exceeded, 0},
        {up_to, 100, 900, 0, "2026-10-18", {}, 100},
        {up_to, 101, 900, 0, "2026-10-18", refusal::budget_exceeded, 0},
    };
    for (const auto& one : rows) {
        auto from = approved(walking(one.rule));
        from.granted = yen(one.granted);
        const auto decided = decide(asking(one.amount), from, yen(one.reserved), noon(one.on));
        EXPECT_EQ(decided ? std::nullopt : std::optional{decided.error()}, one.why) << one.on << one.granted;
        if (decided) {
            EXPECT_EQ(decided->amount, yen(one.gives));
        }
    }
}

TEST(increase, adds_to_the_budget_once_a_second_person_approves) {
    auto one = approved();
    EXPECT_EQ(decide(decide_increase{ishinomaki, 10, 1, true, {}}, first_operator, one).error(),
              refusal::invalid_state);
    take(one, second_operator, *decide(propose_increase{ishinomaki, 10, yen(500), "r"}, second_operator, one));
    EXPECT_EQ(one.budget, yen(1000));
    EXPECT_EQ(decide(propose_increase{ishinomaki, 10, yen(1), "r"}, second_operator, one).error(),
              refusal::invalid_state);
    EXPECT_EQ(decide(decide_increase{ishinomaki, 10, 1, true, {}}, second_operator, one).error(),
              refusal::second_person_required);
    EXPECT_EQ(decide(decide_increase{ishinomaki, 10, 2, true, {}}, first_operator, one).error(),
              refusal::invalid_state);
    take(one, first_operator, *decide(decide_increase{ishinomaki, 10, 1, true, {}}, first_operator, one));
    EXPECT_EQ(one.budget, yen(1500));
    take(one, second_operator, *decide(propose_increase{ishinomaki, 10, yen(7), "r"}, second_operator, one));
    take(one, first_operator, *decide(decide_increase{ishinomaki, 10, 2, false, "予算なし"}, first_operator, one));
    EXPECT_EQ(one.budget, yen(1500));
    EXPECT_FALSE(one.open_increase);
}

TEST(close_campaign, ends_its_grants) {
    auto one = approved();
    take(one, first_operator, *decide(close_campaign{ishinomaki, 10, "目標達成"}, first_operator, one));
    EXPECT_EQ(decide(asking(), one, {}, today_noon).error(), refusal::campaign_not_open);
    EXPECT_EQ(decide(close_campaign{ishinomaki, 10, "r"}, first_operator, one).error(), refusal::invalid_state);
    EXPECT_EQ(decide(propose_increase{ishinomaki, 10, yen(7), "r"}, first_operator, one).error(),
              refusal::invalid_state);
    // One that was on its way when it was closed.
    EXPECT_TRUE(follows(one, by(first_operator, granted(300), 20)));
}

// What `meguri verify` and the checkpointer must not take.
TEST(campaign, does_not_let_pass_what_breaks_its_rules) {
    const auto one = approved();
    const auto step = [&](auto change) {
        auto made = *decide(propose_increase{ishinomaki, 10, yen(500), "r"}, second_operator, one);
        change(made);
        return follows(one, by(second_operator, made, 20));
    };
    EXPECT_TRUE(step([](campaign_changed&) {}));
    EXPECT_FALSE(step([](campaign_changed& made) { made.increase = 2; }));
    EXPECT_FALSE(step([](campaign_changed& made) { made.budget = yen(1500); }));
    EXPECT_FALSE(step([](campaign_changed& made) { made.maker = first_operator; }));
    EXPECT_FALSE(step([](campaign_changed& made) { made.step = campaign_step::approval; }));
    EXPECT_FALSE(step([](campaign_changed& made) { made.step = campaign_step::increase_approval; }));
    EXPECT_FALSE(step([](campaign_changed& made) {
        made.terms = std::make_shared<const campaign_terms>(walking(amount_rule::up_to));
    }));

    auto increasing = one;
    take(increasing, second_operator, *decide(propose_increase{ishinomaki, 10, yen(500), "r"}, second_operator, one));
    const auto approval = *decide(decide_increase{ishinomaki, 10, 1, true, {}}, first_operator, increasing);
    EXPECT_TRUE(follows(increasing, by(first_operator, approval, 20)));
    EXPECT_FALSE(follows(increasing, by(second_operator, approval, 20)));
    EXPECT_FALSE(follows(one, by(first_operator, approval, 20)));

    EXPECT_TRUE(follows(one, by(first_operator, granted(300), 20)));
    EXPECT_FALSE(follows(one, by(first_operator, granted(299), 20)));
    EXPECT_FALSE(follows(proposed(), by(first_operator, granted(300), 20)));
    auto spent = one;
    spent.granted = yen(701);
    EXPECT_FALSE(follows(spent, by(first_operator, granted(300), 20)));
    auto until = walking();
    until.expires_on = day("2027-03-31");
    EXPECT_TRUE(follows(approved(until), by(first_operator, granted(300, "2027-03-31"), 20)));
    EXPECT_FALSE(follows(approved(until), by(first_operator, granted(300), 20)));
    EXPECT_DEATH(apply(spent, by(first_operator, granted(300), 20)), "EXPECTS");
}

} // namespace
} // namespace meguri::ledger
