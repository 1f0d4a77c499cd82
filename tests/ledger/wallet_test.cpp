#include "ledger/wallet.hpp"

#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

const instant now = noon("2026-11-23");

payment_decided payment_of(std::vector<lot_use> lots, std::uint32_t code_ordinal = 0, bool code_used_up = false) {
    payment_decided paid;
    paid.merchant = fishmonger;
    paid.wallet = resident;
    paid.status = payment_status::captured;
    paid.lots = std::move(lots);
    paid.code_ordinal = code_ordinal;
    paid.code_used_up = code_used_up;
    return paid;
}

lot_use part_of(const wallet& state, std::size_t place, std::int64_t amount) {
    return {state.lots.at(place).terms, yen(amount)};
}

std::vector<std::uint32_t> numbers(const wallet& state) {
    std::vector<std::uint32_t> found;
    for (const auto& one : state.lots) found.push_back(one.terms->number);
    return found;
}

TEST(wallet, keeps_its_lots_by_program_expiry_issue_and_number) {
    wallet_story story;
    story.grant_lot(aso, 1, "2026-12-01", now);                    // 1
    story.grant_lot(ishinomaki, 1, "2027-03-31", now);             // 2
    story.grant_lot(ishinomaki, 1, "2026-12-31", now.plus_ms(5));  // 3
    story.grant_lot(ishinomaki, 1, "2027-03-31", now.plus_ms(-5)); // 4
    story.grant_lot(ishinomaki, 1, "2027-03-31", now);             // 5
    EXPECT_EQ(numbers(story.state()), (std::vector<std::uint32_t>{3, 4, 2, 5, 1}));
    EXPECT_EQ(story.state().lots_issued, 5u);
}

TEST(wallet, counts_what_can_be_spent_on_a_day) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2026-11-30", now);
    story.grant_lot(ishinomaki, 20, "2026-12-31", now);
    story.grant_lot(aso, 3, "2026-12-31", now);
    const auto& state = story.state();
    EXPECT_EQ(state.available(ishinomaki, day("2026-11-30")), yen(120));
    EXPECT_EQ(state.available(ishinomaki, day("2026-12-01")), yen(20)) << "past its last day, though not booked yet";
    EXPECT_EQ(state.available(ishinomaki, day("2027-01-01")), yen(0));
    EXPECT_EQ(state.available(aso, day("2026-12-31")), yen(3));
    EXPECT_EQ(state.available(kumamoto, day("2026-11-23")), yen(0));
}

TEST(wallet, a_payment_takes_what_its_lots_say_and_forgets_the_empty_ones) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2026-11-30", now);
    story.grant_lot(ishinomaki, 100, "2026-12-31", now);
    story.tell(payment_of({part_of(story.state(), 0, 100), part_of(story.state(), 1, 40)}), now);
    ASSERT_EQ(numbers(story.state()), (std::vector<std::uint32_t>{2}));
    EXPECT_EQ(story.state().lots[0].available, yen(60));
    EXPECT_EQ(story.state().lots_issued, 2u) << "numbers are never given twice";
}

TEST(wallet, keeps_a_spent_lot_that_is_still_held) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2026-11-30", now);
    wallet state = story.state();
    state.lots[0].available = yen(60);
    state.lots[0].held = yen(40);
    apply(state, wallet_entry(state.sequence + 1, now, payment_of({part_of(state, 0, 60)})));
    ASSERT_EQ(state.lots.size(), 1u);
    EXPECT_EQ(state.lots[0].available, yen(0));
    EXPECT_EQ(state.lots[0].held, yen(40));
    EXPECT_EQ(due(state, noon("2026-12-01")), std::nullopt) << "points under a hold do not expire";
}

TEST(wallet, marks_one_time_codes_as_used_one_by_one) {
    wallet_story story;
    for (int i = 0; i < 200; ++i) (void)story.take_code(code_kind::once, now);
    for (const std::uint32_t ordinal : {1u, 63u, 64u, 128u, 200u}) story.tell(payment_of({}, ordinal, true), now);
    story.tell(payment_of({}, 2, false), now); // a decline names its code and does not use it up
    for (std::uint32_t ordinal = 0; ordinal <= 300; ++ordinal) {
        const bool used = ordinal == 1 || ordinal == 63 || ordinal == 64 || ordinal == 128 || ordinal == 200;
        EXPECT_EQ(story.state().code_is_used(ordinal), used) << ordinal;
    }
}

TEST(wallet, is_frozen_and_unfrozen) {
    wallet_story story;
    for (const bool frozen : {true, true, false}) {
        story.tell(freeze_changed{freeze_subject::wallet, resident.value(), frozen, "lost"}, now);
        EXPECT_EQ(story.state().frozen, frozen);
    }
}

TEST(wallet, keeps_undecided_points_behind_all_programs_by_partner_and_issue) {
    wallet_story story;
    story.convert(airline, 1, now);                    // 1
    story.convert(card_company, 1, now.plus_ms(5));    // 2
    story.grant_lot(aso, 1, "2026-12-01", now);        // 3
    story.convert(card_company, 1, now.plus_ms(-5));   // 4
    story.grant_lot(ishinomaki, 1, "2026-12-01", now); // 5
    EXPECT_EQ(numbers(story.state()), (std::vector<std::uint32_t>{5, 3, 4, 2, 1}));
}

TEST(wallet, has_room_for_points_that_all_its_lots_can_be_counted_with) {
    wallet_story story;
    EXPECT_TRUE(story.state().has_room_for(yen(points::value_max)));
    story.grant_lot(ishinomaki, points::value_max - 10, "2026-12-01", now);
    story.convert(card_company, 4, now);
    EXPECT_TRUE(story.state().has_room_for(yen(6)));
    EXPECT_FALSE(story.state().has_room_for(yen(7)));
    wallet state = story.state();
    state.lots.front().held = yen(6);
    EXPECT_TRUE(state.has_room_for(yen(0)));
    EXPECT_FALSE(state.has_room_for(yen(1)));
}

TEST(wallet, remembers_sequence_position_and_the_latest_time) {
    wallet_story story{now};
    EXPECT_EQ(story.state().id, resident);
    EXPECT_EQ(story.state().sequence, 1u);
    EXPECT_EQ(story.state().last_position, 101u);
    story.grant_lot(ishinomaki, 1, "2027-03-31", now.plus_ms(-1));
    EXPECT_EQ(story.state().last_time, now) << "never goes back";
    story.grant_lot(ishinomaki, 1, "2027-03-31", now.plus_ms(9));
    EXPECT_EQ(story.state().last_time, now.plus_ms(9));
    EXPECT_EQ(story.state().sequence, 3u);

    wallet state = story.state();
    auto undurable = wallet_entry(4, now, payment_of({}));
    undurable.position = 0;
    apply(state, undurable);
    EXPECT_EQ(state.sequence, 4u);
    EXPECT_EQ(state.last_position, 103u) << "the writer has not named a position yet";
}

TEST(due, names_each_lot_whose_last_day_has_passed) {
    wallet_story story;
    story.grant_lot(ishinomaki, 1, "2026-12-31", now); // 1
    story.grant_lot(ishinomaki, 2, "2026-11-30", now); // 2
    story.grant_lot(aso, 3, "2026-11-30", now);        // 3
    story.grant_lot(aso, 4, "2027-03-31", now);        // 4
    struct row {
        instant at;
        takes expected;
    };
    const std::vector<row> rows{
        {now, {}},
        {last_moment_of("2026-11-30"), {}},
        {last_moment_of("2026-11-30").plus_ms(1), {{2, 2}, {3, 3}}},
        {last_moment_of("2026-12-31"), {{2, 2}, {3, 3}}},
        {last_moment_of("2026-12-31").plus_ms(1), {{2, 2}, {1, 1}, {3, 3}}},
        {noon("2030-01-01"), {{2, 2}, {1, 1}, {3, 3}, {4, 4}}},
    };
    for (const auto& [at, expected] : rows) {
        const auto found = due(story.state(), at);
        ASSERT_EQ(found.has_value(), !expected.empty()) << to_rfc3339(at);
        if (found) {
            EXPECT_EQ(taken(found->lots), expected) << to_rfc3339(at);
            EXPECT_EQ(found->wallet, resident);
        }
    }
}

TEST(due, once_booked_is_due_no_more) {
    wallet_story story;
    story.grant_lot(ishinomaki, 1, "2026-12-31", now);
    story.grant_lot(ishinomaki, 2, "2026-11-30", now);
    const instant later = noon("2026-12-05");
    story.tell(*due(story.state(), later), later);
    EXPECT_EQ(due(story.state(), later), std::nullopt);
    EXPECT_EQ(numbers(story.state()), (std::vector<std::uint32_t>{1}));
}

TEST(due, expires_only_what_is_not_held) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2026-11-30", now);
    wallet state = story.state();
    state.lots[0].available = yen(70);
    state.lots[0].held = yen(30);
    const auto found = due(state, noon("2026-12-01"));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(taken(found->lots), (takes{{1, 70}}));
    apply(state, wallet_entry(state.sequence + 1, noon("2026-12-01"), *found));
    ASSERT_EQ(state.lots.size(), 1u);
    EXPECT_EQ(state.lots[0].held, yen(30));
}

// What must never become durable ends the process.
TEST(wallet_contract, a_wrong_entry_aborts) {
    wallet_story story;
    story.grant_lot(ishinomaki, 100, "2026-11-30", now);
    wallet state = story.state();
    const auto next = state.sequence + 1;
    const auto tell = [&](std::uint64_t sequence, fact what) {
        apply(state, wallet_entry(sequence, now, std::move(what)));
    };

    EXPECT_DEATH(tell(next, payment_of({part_of(state, 0, 101)})), "EXPECTS broken") << "more than the lot has";
    EXPECT_DEATH(tell(next, payment_of({{lot_terms_of(9, ishinomaki, "2026-11-30", now), yen(1)}})), "EXPECTS broken")
        << "a lot that is not there";
    EXPECT_DEATH(tell(next, points_granted{resident, part_of(state, 0, 1)}), "EXPECTS broken") << "a lot twice";
    EXPECT_DEATH(tell(next, points_granted{resident, {lot_terms_of(3, aso, "2026-11-30", now), yen(1)}}),
                 "EXPECTS broken")
        << "a number left out";
    EXPECT_DEATH(tell(next, payment_of({}, 1, true)), "EXPECTS broken") << "a code that was never issued";
    EXPECT_DEATH(tell(next, code_issued{resident, 2, code_kind::card, {}, {}}), "EXPECTS broken");
    EXPECT_DEATH(tell(next, wallet_opened{resident}), "EXPECTS broken") << "opened twice";
    EXPECT_DEATH(tell(next, freeze_changed{freeze_subject::wallet, 42, true, ""}), "EXPECTS broken");
    EXPECT_DEATH(tell(next, freeze_changed{freeze_subject::merchant, 41, true, ""}), "EXPECTS broken");
    EXPECT_DEATH(tell(next, partner_added{}), "EXPECTS broken") << "not a wallet's";
    EXPECT_DEATH(tell(next, points_transferred{resident, false, {part_of(state, 0, 101)}, {}}), "EXPECTS broken")
        << "more than the lot has";
    EXPECT_DEATH(tell(next, points_transferred{resident, false, {}, {part_of(state, 0, 1)}}), "EXPECTS broken")
        << "to a lot that is there";
    EXPECT_DEATH(tell(next, correction_decided{}), "EXPECTS broken") << "of a correction that nobody proposed";
    auto full = state;
    full.corrections.resize(corrections_max);
    EXPECT_DEATH(apply(full, wallet_entry(next, now, correction_proposed{resident, {}})), "EXPECTS broken");
    EXPECT_DEATH(tell(next + 1, payment_of({})), "EXPECTS broken") << "an entry left out";
    EXPECT_DEATH(tell(next - 1, payment_of({})), "EXPECTS broken") << "an entry twice";
    auto others = wallet_entry(next, now, payment_of({}));
    others.wallet = wallet_id{42};
    EXPECT_DEATH(apply(state, others), "EXPECTS broken") << "another wallet's";
}

} // namespace
} // namespace meguri::ledger
