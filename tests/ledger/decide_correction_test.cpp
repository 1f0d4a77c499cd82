// Corrections: what may be proposed, who may decide, and which points an approval moves.
#include "ledger/decide.hpp"
#include "ledger/undecided.hpp"

#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace meguri::ledger {
namespace {

const auto business_day = "2026-11-23";
const instant decided_at = noon(business_day);

correction credit_of(std::int64_t amount, jst_day expires_on = {}) {
    return {correction_kind::credit, ishinomaki, yen(amount), source("budget:042021:health"), expires_on, "二重取消"};
}
correction debit_of(std::int64_t amount, std::string_view funded_by = "budget:042021:health") {
    return {correction_kind::debit, ishinomaki, yen(amount), source(funded_by), {}, "二重付与"};
}
propose_correction proposal_of(correction what) {
    return {resident, std::make_shared<const correction>(std::move(what))};
}
decide_correction approval_of(journal_position proposal) { return {resident, proposal, true, "確認済"}; }
decide_correction rejection_of(journal_position proposal) { return {resident, proposal, false, "誤り"}; }

// --- proposals ---

TEST(propose_correction, is_refused_for_the_first_of_these_reasons) {
    const auto programs = programs_open({ishinomaki});
    const jst_day now_day = day(business_day);
    struct row {
        correction what;
        std::size_t open;
        std::optional<refusal> refused;
    };
    auto elsewhere = credit_of(1, now_day.plus_days(-1));
    elsewhere.program = aso;
    auto undecided = debit_of(1, "partner:card");
    undecided.program = undecided_program(card_company);
    const row rows[] = {
        {elsewhere, 16, refusal::program_unknown},
        {undecided, 0, refusal::program_unknown},
        {credit_of(1, now_day.plus_days(-1)), 16, refusal::corrections_exhausted},
        {debit_of(1), 16, refusal::corrections_exhausted},
        {credit_of(1, now_day.plus_days(-1)), 15, refusal::expires_in_the_past},
        {credit_of(1, now_day.plus_days(36'601)), 15, refusal::expires_too_far},
        {credit_of(1, now_day.plus_days(36'600)), 15, std::nullopt},
        {credit_of(1, now_day), 15, std::nullopt},
        {debit_of(1), 15, std::nullopt},
        {debit_of(points::command_max), 0, std::nullopt}, // whether there is that much is asked when it is approved
    };
    for (const auto& [what, open, refused] : rows) {
        wallet_story story;
        for (std::size_t i = 0; i < open; ++i) story.propose(debit_of(1), decided_at);
        const auto proposed = decide(proposal_of(what), story.state(), programs, decided_at);
        ASSERT_EQ(proposed.has_value(), !refused) << to_date(what.expires_on);
        if (refused) {
            EXPECT_EQ(proposed.error(), *refused) << to_date(what.expires_on);
            continue;
        }
        EXPECT_EQ(proposed->wallet, resident);
        EXPECT_EQ(*proposed->what, what);
    }
}

TEST(propose_correction, of_a_credit_without_a_date_expires_as_the_program_says) {
    const auto programs = programs_open({ishinomaki}); // 180 days
    const wallet_story story;
    for (const auto& [at, expires_on] : {std::pair{last_moment_of(business_day), "2027-05-22"},
                                         std::pair{last_moment_of(business_day).plus_ms(1), "2027-05-23"}}) {
        const auto proposed = decide(proposal_of(credit_of(5)), story.state(), programs, at);
        ASSERT_TRUE(proposed.has_value());
        EXPECT_EQ(to_date(proposed->what->expires_on), expires_on);
        auto otherwise = *proposed->what;
        otherwise.expires_on = {};
        EXPECT_EQ(otherwise, credit_of(5)) << "and nothing else is filled in";
    }
}

TEST(propose_correction, moves_nothing_and_is_remembered_until_it_is_decided) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2027-03-31", decided_at);
    const auto first = story.propose(debit_of(60), decided_at);
    const auto second = story.propose(credit_of(5, day("2027-03-31")), decided_at, second_operator);
    const auto& state = story.state();
    EXPECT_EQ(state.available(ishinomaki, day(business_day)), yen(100));
    ASSERT_EQ(state.corrections.size(), 2u);
    ASSERT_NE(state.correction_at(first), nullptr);
    EXPECT_EQ(state.correction_at(first)->maker, first_operator);
    EXPECT_EQ(*state.correction_at(first)->what, debit_of(60));
    ASSERT_NE(state.correction_at(second), nullptr);
    EXPECT_EQ(state.correction_at(second)->sequence, state.sequence);
    EXPECT_EQ(state.correction_at(second + 1), nullptr);

    story.tell(*decide(rejection_of(first), second_operator, state, decided_at), decided_at, second_operator);
    EXPECT_EQ(story.state().correction_at(first), nullptr);
    EXPECT_NE(story.state().correction_at(second), nullptr);
}

TEST(propose_correction_contract, of_nothing_aborts) {
    const wallet_story story;
    EXPECT_DEATH((void)decide(proposal_of(debit_of(0)), story.state(), programs_open({ishinomaki}), decided_at),
                 "EXPECTS broken");
    EXPECT_DEATH(
        (void)decide(propose_correction{resident, nullptr}, story.state(), programs_open({ishinomaki}), decided_at),
        "EXPECTS broken");
}

// --- who decides ---

// Operators and staff have numbers of their own: number 1 here is not number 1 there.
TEST(decide_correction, needs_another_person_than_its_maker) {
    const person_ref staff{caller_kind::municipality, 1};
    const person_ref machine{caller_kind::partner, 0};
    struct row {
        person_ref maker;
        person_ref checker;
        bool allowed;
    };
    for (const auto& [maker, checker, allowed] : {
             row{first_operator, first_operator, false},
             row{first_operator, second_operator, true},
             row{second_operator, first_operator, true},
             row{first_operator, staff, true},
             row{staff, first_operator, true},
             row{staff, staff, false},
             row{first_operator, machine, false},
             row{first_operator, person_ref{}, false},
         }) {
        wallet_story story;
        story.grant_lot(ishinomaki, 100, "2027-03-31", decided_at);
        const auto proposal = story.propose(debit_of(60), decided_at, maker);
        for (const auto& asked : {approval_of(proposal), rejection_of(proposal)}) {
            const auto decided = decide(asked, checker, story.state(), decided_at);
            ASSERT_EQ(decided.has_value(), allowed);
            if (!allowed) {
                EXPECT_EQ(decided.error(), refusal::second_person_required);
            } else {
                EXPECT_EQ(decided->maker, maker);
            }
        }
    }
}

TEST(decide_correction, of_what_is_not_open_is_refused_before_anything_else) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2027-03-31", decided_at);
    const auto proposal = story.propose(debit_of(60), decided_at);
    EXPECT_EQ(decide(approval_of(proposal + 1), first_operator, story.state(), decided_at).error(),
              refusal::invalid_state);
    EXPECT_EQ(decide(approval_of(proposal - 1), first_operator, story.state(), decided_at).error(),
              refusal::invalid_state);
    story.tell(*decide(approval_of(proposal), second_operator, story.state(), decided_at), decided_at, second_operator);
    for (const auto& again : {approval_of(proposal), rejection_of(proposal)})
        EXPECT_EQ(decide(again, second_operator, story.state(), decided_at).error(), refusal::invalid_state);
    EXPECT_EQ(story.state().available(ishinomaki, day(business_day)), yen(40)) << "once";
}

TEST(decide_correction, rejected_moves_nothing_and_says_why) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2027-03-31", decided_at);
    const auto proposal = story.propose(debit_of(5'000), decided_at);
    const auto decided = decide(rejection_of(proposal), second_operator, story.state(), decided_at);
    ASSERT_TRUE(decided.has_value()) << "it may be one that could not be approved";
    EXPECT_FALSE(decided->approved);
    EXPECT_EQ(decided->wallet, resident);
    EXPECT_EQ(decided->proposal, proposal);
    EXPECT_EQ(decided->proposal_sequence, story.state().sequence);
    EXPECT_EQ(*decided->what, debit_of(5'000));
    EXPECT_EQ(decided->reason, "誤り");
    EXPECT_TRUE(decided->lots.empty());
    story.tell(*decided, decided_at, second_operator);
    EXPECT_EQ(story.state().available(ishinomaki, day(business_day)), yen(100));
    EXPECT_TRUE(story.state().corrections.empty());
}

// --- debits ---

TEST(decide_correction, takes_a_debit_from_lots_of_that_program_and_source_in_the_order_of_spending) {
    struct row {
        std::int64_t amount;
        std::optional<takes> expected;
    };
    const row rows[] = {
        {1, takes{{3, 1}}}, {20, takes{{3, 20}}}, {21, takes{{3, 20}, {1, 1}}}, {30, takes{{3, 20}, {1, 10}}},
        {31, std::nullopt},
    };
    for (const auto& [amount, expected] : rows) {
        wallet_story story;
        story.grant_lot(ishinomaki, 10, "2027-03-31", decided_at);                           // 1
        story.grant_lot(ishinomaki, 900, "2026-11-30", decided_at, "purchase:counter");      // 2
        story.grant_lot(ishinomaki, 20, "2026-12-31", decided_at);                           // 3
        story.grant_lot(ishinomaki, 900, "2026-12-01", decided_at, "budget:042021:welcome"); // 4
        story.grant_lot(aso, 900, "2026-12-01", decided_at);                                 // 5
        const auto proposal = story.propose(debit_of(amount), decided_at);
        const auto decided = decide(approval_of(proposal), second_operator, story.state(), decided_at);
        ASSERT_EQ(decided.has_value(), expected.has_value()) << amount;
        if (!expected) {
            EXPECT_EQ(decided.error(), refusal::amount_exceeds_remaining);
            continue;
        }
        EXPECT_EQ(taken(decided->lots), *expected) << amount;
        EXPECT_TRUE(decided->approved);
        EXPECT_EQ(decided->reason, "確認済");
        story.tell(*decided, decided_at, second_operator);
        EXPECT_EQ(story.state().available(ishinomaki, day(business_day)), yen(1830 - amount));
        EXPECT_EQ(story.state().available(aso, day(business_day)), yen(900));
    }
}

TEST(decide_correction, leaves_what_payments_hold) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2027-03-31", decided_at);
    const auto proposal = story.propose(debit_of(60), decided_at);
    wallet state = story.state();
    state.lots[0].available = yen(59);
    state.lots[0].held = yen(41);
    EXPECT_EQ(decide(approval_of(proposal), second_operator, state, decided_at).error(),
              refusal::amount_exceeds_remaining);
    state.lots[0].available = yen(60);
    EXPECT_TRUE(decide(approval_of(proposal), second_operator, state, decided_at)) << "one that was refused stays open";
}

// --- credits ---

TEST(decide_correction, credits_the_wallets_next_lot_as_it_was_proposed) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2027-03-31", decided_at);
    const auto proposal = story.propose(credit_of(70, day("2026-12-31")), decided_at);
    const instant later = noon("2026-12-05");
    const auto decided = decide(approval_of(proposal), second_operator, story.state(), later);
    ASSERT_TRUE(decided.has_value());
    EXPECT_EQ(taken(decided->lots), (takes{{2, 70}}));
    const auto& terms = *decided->lots[0].lot;
    EXPECT_EQ(terms.program, ishinomaki);
    EXPECT_EQ(terms.source.text(), "budget:042021:health");
    EXPECT_EQ(terms.expires_on, day("2026-12-31"));
    EXPECT_EQ(terms.issued_at, later);
    story.tell(*decided, later, second_operator);
    EXPECT_EQ(story.state().available(ishinomaki, day("2026-12-31")), yen(170));
    EXPECT_EQ(story.state().lots_issued, 2u);
}

TEST(decide_correction, approves_no_credit_whose_last_day_is_over) {
    wallet_story story;
    const auto proposal = story.propose(credit_of(70, day("2026-11-30")), decided_at);
    const auto at = [&](instant when) { return decide(approval_of(proposal), second_operator, story.state(), when); };
    EXPECT_TRUE(at(last_moment_of("2026-11-30")));
    const auto too_late = at(last_moment_of("2026-11-30").plus_ms(1));
    ASSERT_FALSE(too_late.has_value());
    EXPECT_EQ(too_late.error(), refusal::expires_in_the_past);
    EXPECT_TRUE(decide(rejection_of(proposal), second_operator, story.state(), noon("2027-11-30")));
}

TEST(decide_correction, approves_no_credit_that_would_pass_the_limit_of_points) {
    wallet_story story;
    story.grant_lot(aso, points::value_max - 10, "2027-03-31", decided_at);
    const auto fits = story.propose(credit_of(10, day("2027-03-31")), decided_at);
    const auto too_large = story.propose(credit_of(11, day("2027-03-31")), decided_at);
    EXPECT_TRUE(decide(approval_of(fits), second_operator, story.state(), decided_at));
    EXPECT_EQ(decide(approval_of(too_large), second_operator, story.state(), decided_at).error(),
              refusal::balance_too_large);
}

} // namespace
} // namespace meguri::ledger
