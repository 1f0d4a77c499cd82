// Conversion: terms by two persons, floor and remainder exactly, the limits of a day, coupons.
#include "ledger/undecided.hpp"
#include "tests/ledger/scene.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace meguri::ledger {
namespace {

constexpr auto today = "2026-11-26";
const program_table towns = programs_open({ishinomaki, aso});

conversion_terms miles() {
    return {.unit = "マイル",
            .rate = {1, 2},
            .minimum = 1'000,
            .step = 100,
            .per_person_day = yen(5'000),
            .per_partner_day = yen(8'000)};
}

conversion_terms_ptr shared(conversion_terms terms) {
    return std::make_shared<const conversion_terms>(std::move(terms));
}

entry partner_entry(fact what, person_ref by = {}) {
    entry made;
    made.position = 300;
    made.caller.kind = by.kind;
    made.person = by.id;
    made.decided_at = noon(today);
    made.what = std::move(what);
    return made;
}

// The airline, and what befalls it.
class partner_story {
public:
    void tell(fact what, person_ref by = {}) {
        const auto made = partner_entry(std::move(what), by);
        ASSERT_TRUE(follows(state_, made));
        apply(state_, made);
    }
    void approve(conversion_terms terms) {
        const auto proposed =
            decide(propose_conversion_terms{airline, shared(std::move(terms))}, first_operator, state_);
        ASSERT_TRUE(proposed.has_value());
        tell(*proposed, first_operator);
        tell(*decide(decide_conversion_terms{airline, proposed->number, true, ""}, second_operator, state_),
             second_operator);
    }
    [[nodiscard]] const partner& state() const noexcept { return state_; }

private:
    partner state_;
};

convert_points asking(std::uint64_t units) { return {airline, resident, {}, "M-1", units, {}}; }

allowed_conversion allowed(std::int64_t amount, program_code program = {}) {
    return {.wallet = resident,
            .partner = airline,
            .my_key = {},
            .reference = "M-1",
            .units = 2 * static_cast<std::uint64_t>(amount),
            .remainder = 0,
            .amount = yen(amount),
            .terms = 1,
            .day = day(today),
            .of_person = yen(amount),
            .coupon = 0,
            .code = {},
            .program = program,
            .source = source("partner:airline")};
}

// --- the rate ---

TEST(convert, floors_and_says_what_was_not_needed) {
    struct row {
        std::uint64_t units;
        conversion_rate rate;
        std::int64_t points;
        std::uint64_t remainder;
    };
    const row rows[] = {
        {1'000, {1, 1}, 1'000, 0},
        {1'001, {1, 2}, 500, 1},
        {999, {1, 1'000}, 0, 999},
        {10, {1, 3}, 3, 1},
        {8, {3, 10}, 2, 1}, // 7 units give 2.1 points
        {7, {3, 2}, 10, 0}, // 6 give 9
        {conversion_units_max, {1'000'000, 1}, 1'000'000'000'000'000'000, 0},
        {conversion_units_max, {999'999, 1'000'000}, 999'999'000'000, 0},
    };
    for (const auto& one : rows)
        EXPECT_EQ(convert(one.units, one.rate), (converted_units{yen(one.points), one.remainder}))
            << one.units << " x " << one.rate.points << '/' << one.rate.units;
}

// Against the definition: the most points that the units cover, and the fewest units that cover those.
TEST(convert, is_the_exact_floor_for_every_rate) {
    for (const auto seed : test::seeds(20)) {
        SCOPED_TRACE(seed);
        test::dice dice{seed};
        for (int i = 0; i < 500; ++i) {
            const auto part = [&] {
                return static_cast<std::uint32_t>(dice.between(1, dice.one_in(2) ? 9 : 1'000'000));
            };
            const conversion_rate rate{part(), part()};
            const auto units = static_cast<std::uint64_t>(dice.between(1, dice.one_in(2) ? 1'000 : 1'000'000'000'000));
            const auto found = convert(units, rate);
            const auto amount = static_cast<std::uint64_t>(found.amount.value());
            const auto covered = units * rate.points;
            ASSERT_TRUE(amount * rate.units <= covered && covered < (amount + 1) * rate.units);
            const auto taken = units - found.remainder;
            ASSERT_GE(taken * rate.points, amount * rate.units);
            ASSERT_TRUE(amount == 0 ? taken == 0 : (taken - 1) * rate.points < amount * rate.units);
        }
    }
}

TEST(conversion_terms, are_possible_or_not) {
    EXPECT_TRUE(are_possible(miles()));
    const auto refuses = [](auto change) {
        auto terms = miles();
        change(terms);
        return !are_possible(terms);
    };
    EXPECT_TRUE(refuses([](auto& terms) { terms.rate.points = 0; }));
    EXPECT_TRUE(refuses([](auto& terms) { terms.rate.units = 1'000'001; }));
    EXPECT_TRUE(refuses([](auto& terms) { terms.step = 0; }));
    EXPECT_TRUE(refuses([](auto& terms) { terms.step = 300; })) << "the minimum is no multiple";
    EXPECT_TRUE(refuses([](auto& terms) { terms.rate = {1, 1'001}; })) << "the minimum is worth nothing";
    EXPECT_TRUE(refuses([](auto& terms) { terms.per_person_day = yen(499); }));
    EXPECT_TRUE(refuses([](auto& terms) { terms.per_partner_day = yen(499); }));
}

// --- terms ---

TEST(terms_of_conversion, take_two_persons) {
    partner_story story;
    const auto proposed = decide(propose_conversion_terms{airline, shared(miles())}, first_operator, story.state());
    story.tell(*proposed, first_operator);
    EXPECT_EQ(decide(propose_conversion_terms{airline, shared(miles())}, second_operator, story.state()).error(),
              refusal::invalid_state);
    const decide_conversion_terms approving{airline, 1, true, ""};
    EXPECT_EQ(decide(approving, first_operator, story.state()).error(), refusal::second_person_required);
    EXPECT_EQ(decide(decide_conversion_terms{airline, 2, true, ""}, second_operator, story.state()).error(),
              refusal::invalid_state);
    const auto approved = decide(approving, second_operator, story.state());
    EXPECT_FALSE(follows(story.state(), partner_entry(*approved, first_operator)));
    story.tell(*approved, second_operator);
    EXPECT_EQ(story.state().number, 1U);
    EXPECT_EQ(*story.state().terms, miles());
    EXPECT_EQ(decide(approving, second_operator, story.state()).error(), refusal::invalid_state);
}

TEST(terms_of_conversion, stay_where_others_are_rejected) {
    partner_story story;
    story.approve(miles());
    auto others = miles();
    others.rate = {2, 1};
    story.tell(*decide(propose_conversion_terms{airline, shared(others)}, first_operator, story.state()),
               first_operator);
    story.tell(*decide(decide_conversion_terms{airline, 2, false, "率"}, second_operator, story.state()),
               second_operator);
    EXPECT_EQ(story.state().number, 1U);
    EXPECT_EQ(*story.state().terms, miles());
    story.approve(others);
    EXPECT_EQ(story.state().number, 3U);
}

// --- conversions ---

TEST(conversion, is_refused_by_the_terms_in_this_order) {
    partner_story story;
    EXPECT_EQ(decide(asking(1), story.state()).error(), refusal::conversion_terms_unknown);
    story.approve(miles());
    EXPECT_EQ(decide(asking(999), story.state()).error(), refusal::units_below_minimum);
    EXPECT_EQ(decide(asking(50), story.state()).error(), refusal::units_below_minimum) << "and off step";
    EXPECT_EQ(decide(asking(1'050), story.state()).error(), refusal::units_off_step);
    EXPECT_EQ(decide(asking(200'000'200), story.state()).error(), refusal::conversion_too_large);
    EXPECT_EQ(decide(asking(200'000'000), story.state()).value(), (converted_units{yen(100'000'000), 0}));
    EXPECT_EQ(decide(asking(1'000), story.state()).value(), (converted_units{yen(500), 0}));
}

TEST(conversion, keeps_to_the_limits_of_the_day) {
    partner_story story;
    story.approve(miles());
    const auto taken = [](const char* on, std::int64_t by_person, std::int64_t reserved) {
        return taken_of_limits{day(on), yen(by_person), yen(reserved)};
    };
    EXPECT_EQ(decide(yen(500), story.state(), taken(today, 4'500, 0)).value(), yen(5'000));
    EXPECT_EQ(decide(yen(501), story.state(), taken(today, 4'500, 0)).error(), refusal::conversion_limit_reached);
    EXPECT_EQ(decide(yen(500), story.state(), taken(today, 0, 7'500)).value(), yen(500));
    EXPECT_EQ(decide(yen(500), story.state(), taken(today, 0, 7'501)).error(), refusal::conversion_limit_reached);
    story.tell(*decide(allowed(4'000), wallet_story{}.state(), towns, noon(today)));
    EXPECT_EQ(story.state().today.on(day(today)), yen(4'000));
    EXPECT_EQ(decide(yen(4'001), story.state(), taken(today, 0, 0)).error(), refusal::conversion_limit_reached);
    EXPECT_TRUE(decide(yen(5'000), story.state(), taken("2026-11-27", 0, 0)).has_value()) << "another day";
}

TEST(conversion, lands_in_the_program_that_is_chosen_or_stays_undecided) {
    const wallet_story story;
    const auto undecided = decide(allowed(500), story.state(), towns, noon(today));
    ASSERT_TRUE(undecided.has_value());
    EXPECT_EQ(undecided->lot.lot->program, undecided_program(airline));
    EXPECT_EQ(undecided->lot.lot->expires_on, never_expires);
    const auto chosen = decide(allowed(500, aso), story.state(), towns, noon(today));
    EXPECT_EQ(chosen->lot.lot->program, aso);
    EXPECT_EQ(chosen->lot.lot->expires_on, day(today).plus_days(180));
    EXPECT_EQ(chosen->lot.lot->source.text(), "partner:airline");
    EXPECT_EQ(decide(allowed(500, miyagi), story.state(), towns, noon(today)).error(), refusal::program_unknown);
}

TEST(conversion, finds_no_wallet_that_is_frozen_or_has_another_mykey_id) {
    wallet_story story;
    auto named = allowed(500);
    named.my_key = my_key_id::drawn_by(5);
    EXPECT_EQ(decide(named, story.state(), towns, noon(today)).error(), refusal::my_key_unknown);
    story.tell(*decide(issue_my_key{resident, {}}, {named.my_key}, story.state()), noon(today));
    EXPECT_TRUE(decide(named, story.state(), towns, noon(today)).has_value());
    story.tell(freeze_changed{freeze_subject::wallet, resident.value(), true, ""}, noon(today));
    EXPECT_EQ(decide(named, story.state(), towns, noon(today)).error(), refusal::wallet_frozen);
    story.tell(*decide(revoke_my_key{resident, ""}, story.state()), noon(today));
    EXPECT_EQ(decide(named, story.state(), towns, noon(today)).error(), refusal::my_key_unknown)
        << "that it is frozen is told nobody";
}

TEST(conversion, is_the_same_again_or_another_one) {
    auto made = *decide(allowed(500), wallet_story{}.state(), towns, noon(today));
    EXPECT_TRUE(is_same_conversion(asking(1'000), made));
    EXPECT_FALSE(is_same_conversion(asking(1'100), made));
    auto other = asking(1'000);
    other.program = ishinomaki;
    EXPECT_FALSE(is_same_conversion(other, made));
    other = asking(1'000);
    other.wallet = wallet_id{42};
    EXPECT_FALSE(is_same_conversion(other, made));
    other = asking(1'000);
    other.my_key = my_key_id::drawn_by(1);
    EXPECT_FALSE(is_same_conversion(other, made));
    made.coupon = 9;
    EXPECT_FALSE(is_same_conversion(asking(1'000), made));
}

TEST(conversion, does_not_follow_with_anything_changed) {
    partner_story story;
    story.approve(miles());
    const auto good = *decide(allowed(500), wallet_story{}.state(), towns, noon(today));
    const auto follows_with = [&](auto change) {
        auto made = good;
        change(made);
        return follows(story.state(), partner_entry(made));
    };
    EXPECT_TRUE(follows_with([](auto&) {}));
    EXPECT_FALSE(follows_with([](auto& made) { made.lot.amount = yen(501); }));
    EXPECT_FALSE(follows_with([](auto& made) { made.remainder = 1; }));
    EXPECT_FALSE(follows_with([](auto& made) { made.units = 998; }));
    EXPECT_FALSE(follows_with([](auto& made) { made.terms = 2; }));
    EXPECT_FALSE(follows_with([](auto& made) { made.of_person = yen(499); }));
    EXPECT_FALSE(follows_with([](auto& made) { made.of_person = yen(5'001); }));
    EXPECT_FALSE(follows_with([](auto& made) { made.day = day("2026-11-27"); })) << "of tomorrow";
    EXPECT_FALSE(follows_with([](auto& made) { made.partner = card_company; })) << "undecided of another's";
    partner_story without;
    EXPECT_FALSE(follows(without.state(), partner_entry(good)));
}

// --- coupons ---

TEST(coupon, is_worth_what_its_terms_said_when_it_was_issued) {
    partner_story story;
    issue_coupon asked{airline, "C-1", 1'100, {}, {}, day("2027-03-31")};
    const auto issued_to = [&](const issue_coupon& one) {
        return decide(one, story.state().coupons + 1, story.state(), towns, noon(today));
    };
    EXPECT_EQ(issued_to(asked).error(), refusal::conversion_terms_unknown);
    story.approve(miles());
    const auto issued = issued_to(asked);
    EXPECT_EQ(issued->what->amount, yen(550));
    EXPECT_EQ(issued->what->terms, 1U);
    story.tell(*issued);
    asked.units = 1'050;
    EXPECT_EQ(issued_to(asked).error(), refusal::units_off_step);
    asked.units = 0;
    asked.amount = yen(7);
    EXPECT_EQ(issued_to(asked)->what->amount, yen(7)) << "said in points";
    asked.program = miyagi;
    EXPECT_EQ(issued_to(asked).error(), refusal::program_unknown);
    asked.program = {};
    asked.last_day = day("2026-11-25");
    EXPECT_EQ(issued_to(asked).error(), refusal::expires_in_the_past);
    asked.last_day = day("2099-01-01");
    EXPECT_EQ(issued_to(asked).error(), refusal::expires_too_far);
}

TEST(coupon, ends_once) {
    partner_story story;
    story.approve(miles());
    const issue_coupon asked{airline, "C-1", 0, yen(30), {}, day("2027-03-31")};
    const auto issue = partner_entry(*decide(asked, 1, story.state(), towns, noon(today)));
    EXPECT_TRUE(may_end(issue).has_value());
    const auto& what = std::get<coupon_changed>(issue.what).what;
    EXPECT_EQ(may_end(partner_entry(coupon_changed{airline, coupon_step::block, 300, what, ""})).error(),
              refusal::coupon_blocked);
    EXPECT_EQ(may_end(partner_entry(*decide(allowed(500), wallet_story{}.state(), towns, noon(today)))).error(),
              refusal::coupon_redeemed);
}

} // namespace
} // namespace meguri::ledger
