// Undecided points: how they come, that nothing spends or expires them, and that they leave once, by choice or by time.
#include "ledger/decide.hpp"
#include "ledger/undecided.hpp"

#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace meguri::ledger {
namespace {

const auto converted_on = "2026-11-23";
const instant converted_at = noon(converted_on);
const instant default_at = last_moment_of("2026-12-07").plus_ms(1); // the end of the 14th day after it

credit_undecided conversion_of(std::int64_t amount) {
    return {resident, card_company, yen(amount), source("partner:card")};
}

transfer_undecided transfer_of(program_code program, std::optional<std::int64_t> amount = {}) {
    return {resident, program, amount ? std::optional{yen(*amount)} : std::nullopt};
}

// {lot number, available} of what is still undecided.
takes undecided_in(const wallet& one) {
    takes found;
    for (const auto& lot : one.lots)
        if (is_undecided(lot.terms->program)) found.emplace_back(lot.terms->number, lot.available.value());
    return found;
}

// --- how they come and stay ---

TEST(undecided_program, is_behind_every_government_and_one_for_each_partner) {
    for (const std::uint64_t partner : {1ull, 3ull, 8ull, 4'293'967'295ull}) {
        const auto program = undecided_program(partner_id{partner});
        EXPECT_TRUE(is_undecided(program)) << partner;
        EXPECT_EQ(program.number(), 1'000'000 + partner);
        EXPECT_EQ(partner_of(program), partner_id{partner});
    }
    for (const auto program : {ishinomaki, miyagi, program_code{}, program_code::as_named(999'999)})
        EXPECT_FALSE(is_undecided(program)) << program.text();
    EXPECT_DEATH((void)undecided_program(partner_id{}), "EXPECTS broken");
    EXPECT_DEATH((void)undecided_program(partner_id{4'293'967'296}), "EXPECTS broken");
    EXPECT_DEATH((void)partner_of(ishinomaki), "EXPECTS broken");
}

TEST(credit_undecided, makes_the_wallets_next_lot_in_the_pseudo_program_of_the_partner) {
    wallet_story story;
    story.grant_lot(ishinomaki, 10, "2027-03-31", converted_at);
    const auto granted = decide(conversion_of(5000), story.state(), converted_at);
    ASSERT_TRUE(granted.has_value());
    EXPECT_EQ(granted->wallet, resident);
    EXPECT_EQ(granted->lot.amount, yen(5000));
    const auto& terms = *granted->lot.lot;
    EXPECT_EQ(terms.number, 2u);
    EXPECT_EQ(terms.program, undecided_program(card_company));
    EXPECT_EQ(terms.source.text(), "partner:card");
    EXPECT_EQ(to_date(terms.expires_on), "9999-12-31");
    EXPECT_EQ(terms.issued_at, converted_at);
}

// What a wallet holds stays countable, undecided points included.
TEST(credit_undecided, that_would_pass_the_limit_of_points_is_refused) {
    wallet_story story;
    story.convert(airline, points::value_max - 10, converted_at);
    story.grant_lot(ishinomaki, 4, "2027-03-31", converted_at);
    EXPECT_TRUE(decide(conversion_of(6), story.state(), converted_at));
    EXPECT_EQ(decide(conversion_of(7), story.state(), converted_at).error(), refusal::balance_too_large);
}

TEST(credit_undecided, to_a_frozen_wallet_is_allowed) {
    wallet_story story;
    story.tell(freeze_changed{freeze_subject::wallet, resident.value(), true, "lost"}, converted_at);
    EXPECT_TRUE(decide(conversion_of(1), story.state(), converted_at)) << "freezing stops new authorizations only";
}

TEST(credit_undecided_contract, of_nothing_or_of_no_partners_points_aborts) {
    const wallet_story story;
    EXPECT_DEATH((void)decide(conversion_of(0), story.state(), converted_at), "EXPECTS broken");
    auto granted = conversion_of(1);
    granted.source = source("budget:042021:health");
    EXPECT_DEATH((void)decide(granted, story.state(), converted_at), "EXPECTS broken");
}

TEST(undecided_points, pay_nothing) {
    wallet_story story;
    story.convert(card_company, 5000, converted_at);
    const auto code = story.take_code(code_kind::card, converted_at);
    const auto programs = programs_open({ishinomaki});
    const auto merchant = fishmonger_accepting({ishinomaki});
    struct row {
        program_code program;
        decline_code decline;
    };
    for (const auto [program, decline] : {row{ishinomaki, decline_code::insufficient_points},
                                          row{undecided_program(card_company), decline_code::program_not_accepted}}) {
        const authorize asked{program, yen(1), "", {}, true};
        const payment_question question{asked, program, merchant, programs, till, outlet_kind::terminal, code};
        EXPECT_EQ(decide(question, &story.state(), converted_at).decline, decline);
    }
    EXPECT_EQ(story.state().available(ishinomaki, day(converted_on)), yen(0));
}

TEST(undecided_points, never_expire) {
    wallet_story story;
    story.convert(card_company, 5000, converted_at);
    EXPECT_EQ(due(story.state(), noon("2126-11-23")), std::nullopt);
    EXPECT_EQ(next_due(story.state()), std::nullopt) << "nor has the time a place to bring them to";
}

// --- the home municipality ---

TEST(choose_home, is_of_a_program_that_is_there_and_can_be_chosen_again) {
    wallet_story story;
    const auto programs = programs_open({ishinomaki, aso});
    for (const auto municipality : {ishinomaki, aso, aso}) {
        const auto chosen = decide(choose_home{resident, municipality}, story.state(), programs);
        ASSERT_TRUE(chosen.has_value());
        EXPECT_EQ(chosen->wallet, resident);
        story.tell(*chosen, converted_at);
        EXPECT_EQ(story.state().home, municipality);
    }
    for (const auto nowhere : {kumamoto, undecided_program(card_company), program_code{}})
        EXPECT_EQ(decide(choose_home{resident, nowhere}, story.state(), programs).error(), refusal::program_unknown);
}

// --- by choice ---

TEST(transfer_undecided, is_refused_for_the_first_of_these_reasons) {
    const auto programs = programs_open({ishinomaki});
    struct row {
        program_code program;
        bool has_points;
        std::int64_t amount;
        std::optional<refusal> refused;
    };
    for (const auto& [program, has_points, amount, refused] : {
             row{aso, false, 101, refusal::program_unknown},
             row{undecided_program(airline), true, 1, refusal::program_unknown},
             row{ishinomaki, false, 101, refusal::nothing_undecided},
             row{ishinomaki, true, 101, refusal::amount_exceeds_remaining},
             row{ishinomaki, true, 100, std::nullopt},
         }) {
        wallet_story story;
        story.grant_lot(ishinomaki, 1000, "2027-03-31", converted_at); // a program's own points are no undecided ones
        if (has_points) {
            story.convert(card_company, 60, converted_at);
            story.convert(airline, 40, converted_at);
        }
        const auto moved = decide(transfer_of(program, amount), story.state(), programs, converted_at);
        ASSERT_EQ(moved.has_value(), !refused) << amount;
        if (refused) {
            EXPECT_EQ(moved.error(), *refused);
        }
    }
}

TEST(transfer_undecided, makes_of_each_lot_a_new_one_of_the_same_amount_and_source) {
    wallet_story story;
    story.convert(card_company, 60, converted_at);
    story.convert(airline, 40, converted_at.plus_ms(1));
    const instant now = last_moment_of("2026-12-01").plus_ms(1);
    const auto moved = decide(transfer_of(aso), story.state(), programs_open({aso}), now); // 180 days
    ASSERT_TRUE(moved.has_value());
    EXPECT_EQ(moved->wallet, resident);
    EXPECT_FALSE(moved->by_default);
    EXPECT_EQ(taken(moved->from), (takes{{1, 60}, {2, 40}}));
    EXPECT_EQ(taken(moved->to), (takes{{3, 60}, {4, 40}}));
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& terms = *moved->to[i].lot;
        EXPECT_EQ(terms.program, aso);
        EXPECT_EQ(terms.source, moved->from[i].lot->source);
        EXPECT_EQ(to_date(terms.expires_on), "2027-05-31") << "counted from the transfer, whose day is 2 December";
        EXPECT_EQ(terms.issued_at, now);
    }
    story.tell(*moved, now);
    EXPECT_EQ(undecided_in(story.state()), takes{});
    EXPECT_EQ(story.state().available(aso, jst_day::of(now)), yen(100));
    EXPECT_EQ(decide(transfer_of(aso), story.state(), programs_open({aso}), now).error(), refusal::nothing_undecided);
}

// They lie in the wallet by partner: the airline's, behind the card company's, are the older ones here.
TEST(transfer_undecided, takes_the_oldest_first_and_leaves_the_rest_of_the_last_one) {
    struct row {
        std::int64_t amount;
        takes from;
        takes left;
    };
    const row rows[] = {
        {1, {{1, 1}}, {{2, 20}, {3, 30}, {1, 9}, {4, 40}}},   {10, {{1, 10}}, {{2, 20}, {3, 30}, {4, 40}}},
        {11, {{1, 10}, {2, 1}}, {{2, 19}, {3, 30}, {4, 40}}}, {60, {{1, 10}, {2, 20}, {3, 30}}, {{4, 40}}},
        {99, {{1, 10}, {2, 20}, {3, 30}, {4, 39}}, {{4, 1}}}, {100, {{1, 10}, {2, 20}, {3, 30}, {4, 40}}, {}},
    };
    for (const auto& [amount, from, left] : rows) {
        wallet_story story;
        story.convert(airline, 10, converted_at);
        story.convert(card_company, 20, converted_at.plus_ms(1));
        story.convert(card_company, 30, converted_at.plus_ms(2));
        story.convert(airline, 40, converted_at.plus_ms(2)); // at the same time: by number
        const instant now = noon("2026-11-25");
        const auto moved = decide(transfer_of(ishinomaki, amount), story.state(), programs_open({ishinomaki}), now);
        ASSERT_TRUE(moved.has_value());
        EXPECT_EQ(taken(moved->from), from) << amount;
        story.tell(*moved, now);
        EXPECT_EQ(undecided_in(story.state()), left) << amount;
        EXPECT_EQ(story.state().available(ishinomaki, jst_day::of(now)), yen(amount));
    }
}

TEST(transfer_undecided, of_a_frozen_wallet_to_a_frozen_program_is_allowed) {
    auto programs = programs_open({ishinomaki});
    programs.find(ishinomaki)->frozen = true;
    wallet_story story;
    story.convert(card_company, 1, converted_at);
    story.tell(freeze_changed{freeze_subject::wallet, resident.value(), true, "lost"}, converted_at);
    EXPECT_TRUE(decide(transfer_of(ishinomaki), story.state(), programs, converted_at));
}

TEST(transfer_undecided_contract, of_nothing_aborts) {
    wallet_story story;
    story.convert(card_company, 1, converted_at);
    EXPECT_DEATH((void)decide(transfer_of(ishinomaki, 0), story.state(), programs_open({ishinomaki}), converted_at),
                 "EXPECTS broken");
}

// --- by time ---

TEST(due_transfer, comes_when_the_14th_day_in_japan_is_over) {
    const auto programs = programs_open({ishinomaki, aso});
    struct row {
        instant converted;
        std::string_view last_day;
    };
    for (const auto& [converted, last_day] :
         {row{noon("2026-11-23"), "2026-12-07"}, row{last_moment_of("2026-11-22").plus_ms(1), "2026-12-07"},
          row{last_moment_of("2026-11-23"), "2026-12-07"}, row{last_moment_of("2026-11-23").plus_ms(1), "2026-12-08"},
          row{noon("2027-02-20"), "2027-03-06"}, row{noon("2028-02-20"), "2028-03-05"}}) {
        wallet_story story;
        story.tell(home_chosen{resident, aso}, converted);
        story.convert(card_company, 70, converted);
        const instant last = last_moment_of(last_day);
        EXPECT_EQ(next_due(story.state()), last.plus_ms(1));
        EXPECT_EQ(due_transfer(story.state(), programs, last), std::nullopt) << last_day;
        const auto moved = due_transfer(story.state(), programs, last.plus_ms(1));
        ASSERT_TRUE(moved.has_value()) << last_day;
        EXPECT_TRUE(moved->by_default);
        EXPECT_EQ(moved->wallet, resident);
        EXPECT_EQ(taken(moved->from), (takes{{1, 70}}));
        EXPECT_EQ(taken(moved->to), (takes{{2, 70}}));
        EXPECT_EQ(moved->to[0].lot->program, aso);
        EXPECT_EQ(moved->to[0].lot->expires_on, jst_day::of(last.plus_ms(1)).plus_days(180));
    }
}

TEST(due_transfer, after_downtime_begins_the_expiry_when_it_happens) {
    wallet_story story;
    story.tell(home_chosen{resident, aso}, converted_at);
    story.convert(card_company, 70, converted_at);
    const auto moved = due_transfer(story.state(), programs_open({aso}), noon("2028-01-01"));
    ASSERT_TRUE(moved.has_value());
    EXPECT_EQ(to_date(moved->to[0].lot->expires_on), "2028-06-29");
    EXPECT_EQ(moved->to[0].lot->issued_at, noon("2028-01-01"));
}

TEST(due_transfer, takes_each_lot_at_its_own_time_and_what_a_choice_left_of_it) {
    const auto programs = programs_open({ishinomaki});
    wallet_story story;
    story.tell(home_chosen{resident, ishinomaki}, converted_at);
    story.convert(airline, 10, converted_at);                 // 1
    story.convert(card_company, 20, converted_at.plus_ms(1)); // 2
    story.convert(card_company, 30, noon("2026-11-24"));      // 3
    const auto chosen = decide(transfer_of(ishinomaki, 15), story.state(), programs, noon("2026-11-25"));
    story.tell(*chosen, noon("2026-11-25")); // 4 and 5
    EXPECT_EQ(next_due(story.state()), default_at);

    const auto first = due_transfer(story.state(), programs, default_at);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(taken(first->from), (takes{{2, 15}}));
    story.tell(*first, default_at);
    EXPECT_EQ(due_transfer(story.state(), programs, default_at), std::nullopt) << "booked, it is due no more";

    const instant a_day_later = default_at.plus_ms(86'400'000);
    EXPECT_EQ(next_due(story.state()), a_day_later);
    const auto second = due_transfer(story.state(), programs, a_day_later);
    ASSERT_TRUE(second.has_value());
    EXPECT_EQ(taken(second->from), (takes{{3, 30}}));
    story.tell(*second, a_day_later);
    EXPECT_EQ(undecided_in(story.state()), takes{});
    EXPECT_EQ(story.state().available(ishinomaki, jst_day::of(a_day_later)), yen(60));
}

TEST(due_transfer, waits_for_a_home_and_comes_at_once_when_there_is_one) {
    const auto programs = programs_open({ishinomaki});
    wallet_story story;
    story.convert(card_company, 70, converted_at);
    const instant late = noon("2027-08-01");
    EXPECT_EQ(due_transfer(story.state(), programs, late), std::nullopt);
    EXPECT_EQ(next_due(story.state()), std::nullopt);
    EXPECT_EQ(undecided_in(story.state()), (takes{{1, 70}}));

    story.tell(home_chosen{resident, ishinomaki}, late);
    EXPECT_EQ(next_due(story.state()), default_at) << "long ago";
    const auto moved = due_transfer(story.state(), programs, late);
    ASSERT_TRUE(moved.has_value());
    EXPECT_EQ(taken(moved->from), (takes{{1, 70}}));
}

TEST(due_transfer, goes_to_the_home_of_that_moment) {
    wallet_story story;
    story.convert(card_company, 70, converted_at);
    for (const auto home : {ishinomaki, aso}) story.tell(home_chosen{resident, home}, converted_at);
    const auto moved = due_transfer(story.state(), programs_open({ishinomaki, aso}), default_at);
    ASSERT_TRUE(moved.has_value());
    EXPECT_EQ(moved->to[0].lot->program, aso);
}

TEST(next_due, is_the_first_of_lots_and_undecided_points) {
    wallet_story story;
    story.tell(home_chosen{resident, ishinomaki}, converted_at);
    story.convert(card_company, 70, converted_at);
    story.grant_lot(ishinomaki, 1, "2026-12-31", converted_at);
    EXPECT_EQ(next_due(story.state()), default_at);
    story.grant_lot(ishinomaki, 1, "2026-11-30", converted_at);
    EXPECT_EQ(next_due(story.state()), last_moment_of("2026-11-30").plus_ms(1));
}

} // namespace
} // namespace meguri::ledger
