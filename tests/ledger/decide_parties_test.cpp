#include "ledger/decide.hpp"

#include "tests/ledger/scene.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace meguri::ledger {
namespace {

const auto day_of_joining = "2026-11-23";

grant grant_of(std::int64_t amount, std::optional<jst_day> expires_on) {
    return {resident, ishinomaki, yen(amount), expires_on, source("budget:042021:health")};
}

TEST(grant, makes_the_wallets_next_lot) {
    wallet_story story;
    const auto programs = programs_open({ishinomaki, aso});
    for (std::uint32_t number = 1; number <= 3; ++number) {
        const instant now = noon(day_of_joining).plus_ms(number);
        const auto granted = decide(grant_of(5000, day("2027-03-31")), story.state(), programs, now);
        ASSERT_TRUE(granted.has_value());
        EXPECT_EQ(granted->wallet, resident);
        EXPECT_EQ(granted->lot.amount, yen(5000));
        const auto& terms = *granted->lot.lot;
        EXPECT_EQ(terms.number, number);
        EXPECT_EQ(terms.program, ishinomaki);
        EXPECT_EQ(terms.source.text(), "budget:042021:health");
        EXPECT_EQ(terms.expires_on, day("2027-03-31"));
        EXPECT_EQ(terms.issued_at, now);
        story.tell(*granted, now);
    }
}

TEST(grant, without_a_date_expires_as_the_program_says_counted_from_the_day_in_japan) {
    const auto programs = programs_open({ishinomaki}); // 180 days
    const wallet_story story;
    struct row {
        instant now;
        std::string_view expires_on;
    };
    for (const auto& [now, expires_on] :
         {row{noon("2026-11-23"), "2027-05-22"}, row{last_moment_of("2026-11-23"), "2027-05-22"},
          row{last_moment_of("2026-11-23").plus_ms(1), "2027-05-23"}}) {
        const auto granted = decide(grant_of(1, std::nullopt), story.state(), programs, now);
        ASSERT_TRUE(granted.has_value());
        EXPECT_EQ(to_date(granted->lot.lot->expires_on), expires_on);
    }
}

TEST(grant, expires_today_at_the_earliest_and_in_a_hundred_years_at_the_latest) {
    const auto programs = programs_open({ishinomaki});
    const wallet_story story;
    struct row {
        jst_day expires_on;
        std::optional<refusal> refused;
    };
    const jst_day now_day = day(day_of_joining);
    for (const auto [expires_on, refused] : {
             row{now_day, std::nullopt},
             row{now_day.plus_days(-1), refusal::expires_in_the_past},
             row{now_day.plus_days(3650), std::nullopt}, // beyond the program's own days
             row{now_day.plus_days(36'600), std::nullopt},
             row{now_day.plus_days(36'601), refusal::expires_too_far},
             row{day("9999-12-31"), refusal::expires_too_far},
         }) {
        for (const instant now : {last_moment_of("2026-11-22").plus_ms(1), last_moment_of(day_of_joining)}) {
            const auto granted = decide(grant_of(1, expires_on), story.state(), programs, now);
            ASSERT_EQ(granted.has_value(), !refused) << to_date(expires_on);
            if (refused) {
                EXPECT_EQ(granted.error(), *refused) << to_date(expires_on);
            }
        }
    }
}

TEST(grant, of_a_program_that_does_not_exist_is_refused) {
    const wallet_story story;
    EXPECT_EQ(decide(grant_of(1, std::nullopt), story.state(), programs_open({aso}), noon(day_of_joining)).error(),
              refusal::program_unknown);
}

// What a wallet holds of all programs stays countable: available and held, in one sum.
TEST(grant, that_would_pass_the_limit_of_points_is_refused) {
    const auto programs = programs_open({ishinomaki, aso});
    const auto most = points::value_max;
    wallet_story story;
    story.grant_lot(ishinomaki, most - 10, "2027-03-31", noon(day_of_joining));
    story.grant_lot(aso, 4, "2027-03-31", noon(day_of_joining));
    wallet full = story.state();
    EXPECT_TRUE(decide(grant_of(6, std::nullopt), full, programs, noon(day_of_joining)));
    EXPECT_EQ(decide(grant_of(7, std::nullopt), full, programs, noon(day_of_joining)).error(),
              refusal::balance_too_large);
    full.lots.front().held = yen(1);
    EXPECT_TRUE(decide(grant_of(5, std::nullopt), full, programs, noon(day_of_joining)));
    EXPECT_EQ(decide(grant_of(6, std::nullopt), full, programs, noon(day_of_joining)).error(),
              refusal::balance_too_large);
}

TEST(grant, to_a_frozen_wallet_or_program_is_allowed) {
    auto programs = programs_open({ishinomaki});
    programs.find(ishinomaki)->frozen = true;
    wallet_story story;
    story.tell(freeze_changed{freeze_subject::wallet, resident.value(), true, "lost"}, noon(day_of_joining));
    EXPECT_TRUE(decide(grant_of(1, std::nullopt), story.state(), programs, noon(day_of_joining)))
        << "freezing stops new authorizations only";
}

TEST(grant_contract, of_nothing_aborts) {
    const auto programs = programs_open({ishinomaki});
    EXPECT_DEATH((void)decide(grant_of(0, std::nullopt), wallet{}, programs, noon(day_of_joining)), "EXPECTS broken");
}

TEST(issue_code, numbers_the_wallets_codes_and_dates_the_one_time_ones) {
    wallet_story story;
    const instant now = noon(day_of_joining);
    const auto card = story.take_code(code_kind::card, now);
    EXPECT_EQ(card.ordinal, 1u);
    EXPECT_EQ(card.valid_until, instant{}) << "lasting";
    const auto once = story.take_code(code_kind::once, now);
    EXPECT_EQ(once.ordinal, 2u);
    EXPECT_EQ(once.valid_until, now.plus_ms(300'000));
    const auto issued = decide(issue_code{resident, code_kind::once}, story.state(), now);
    EXPECT_EQ(issued.wallet, resident);
    EXPECT_EQ(issued.ordinal, 3u);
    EXPECT_FALSE(issued.code) << "whoever derives its text fills in the digest";
}

TEST(bind_card, takes_what_is_genuine_and_good_today) {
    wallet_story story;
    const instant now = noon(day_of_joining);
    story.take_code(code_kind::card, now);
    const bind_card asked{resident, {1, 2}, nullptr};
    const auto bound = decide(asked, card_facts{true, false, now, now}, story.state(), now);
    ASSERT_TRUE(bound);
    EXPECT_EQ(bound->wallet, resident);
    EXPECT_EQ(bound->ordinal, 2u) << "a number among the codes";
    EXPECT_EQ(bound->ends, now);
    EXPECT_EQ(bound->card, (digest128{1, 2}));
    for (const auto& wrong :
         {card_facts{false, false, now, now}, card_facts{true, true, now, now},
          card_facts{true, false, now.plus_ms(1), now.plus_ms(1)}, card_facts{true, false, now, now.plus_ms(-1)}})
        EXPECT_EQ(decide(asked, wrong, story.state(), now).error(), refusal::card_not_accepted);
}

TEST(retire_card, ends_a_card_once) {
    wallet_story story;
    const instant now = noon(day_of_joining);
    story.tell(*decide(bind_card{resident, {1, 2}, nullptr}, card_facts{true, false, now, now}, story.state(), now),
               now);
    const retire_card asked{resident, 1, 7, "紛失"};
    const auto retired = decide(asked, story.state());
    ASSERT_TRUE(retired);
    EXPECT_EQ(retired->bound_at, 7u);
    EXPECT_EQ(retired->reason, "紛失");
    story.tell(*retired, now);
    EXPECT_EQ(decide(asked, story.state()).error(), refusal::invalid_state);
}

TEST(open_program, opens_each_code_once) {
    const auto programs = programs_open({ishinomaki});
    const open_program again{{ishinomaki, "石巻市アイポイント", 180, false, issuer_kind::municipality, false}};
    EXPECT_EQ(decide(again, programs).error(), refusal::program_exists);
    const open_program other{{aso, "阿蘇市ポイント", 90, true, issuer_kind::municipality, false}};
    const auto opened = decide(other, programs);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->opened.code, aso);
    EXPECT_EQ(opened->opened.name, "阿蘇市ポイント");
    EXPECT_EQ(opened->opened.expiry_days, 90);
    EXPECT_TRUE(opened->opened.online_only);
}

TEST(join_merchant, accepts_existing_programs_each_once_in_order) {
    const auto programs = programs_open({ishinomaki, aso, miyagi});
    const auto joined = decide(join_merchant{"魚屋", {aso, ishinomaki, aso, miyagi}}, fishmonger, programs);
    ASSERT_TRUE(joined.has_value());
    EXPECT_EQ(joined->id, fishmonger);
    EXPECT_EQ(joined->name, "魚屋");
    EXPECT_EQ(joined->programs, (std::vector{miyagi, ishinomaki, aso}));
    EXPECT_EQ(decide(join_merchant{"魚屋", {aso, kumamoto}}, fishmonger, programs).error(), refusal::program_unknown);
}

TEST(add_outlet, numbers_terminals_and_shops_in_one_row) {
    auto terms = fishmonger_accepting({ishinomaki});
    const auto third = decide(add_outlet{fishmonger, outlet_kind::shop, "二号店"}, terms, 0);
    ASSERT_TRUE(third.has_value());
    EXPECT_EQ(third->kind, outlet_kind::shop);
    EXPECT_EQ(third->id, (outlet_id{fishmonger, 3}));
    EXPECT_EQ(third->name, "二号店");
    EXPECT_FALSE(third->key);
    const auto after_a_restore = decide(add_outlet{fishmonger, outlet_kind::shop, "二号店"}, terms, 1);
    ASSERT_TRUE(after_a_restore.has_value());
    EXPECT_EQ(after_a_restore->id, (outlet_id{fishmonger, 3, 1})) << "nobody's who was told of the third before it";
}

TEST(add_outlet, stops_at_the_last_number) {
    auto terms = fishmonger_accepting({ishinomaki});
    terms.outlets.resize(outlet_id::per_merchant_max - 1);
    const auto last = decide(add_outlet{fishmonger, outlet_kind::terminal, ""}, terms, 0);
    ASSERT_TRUE(last.has_value());
    EXPECT_EQ(last->id.number(), 65'535u);
    terms.outlets.resize(outlet_id::per_merchant_max);
    EXPECT_EQ(decide(add_outlet{fishmonger, outlet_kind::terminal, ""}, terms, 0).error(), refusal::outlets_exhausted);
    terms.outlets.clear();
    terms.id = merchant_id{outlet_id::merchant_max + 1};
    EXPECT_EQ(decide(add_outlet{terms.id, outlet_kind::terminal, ""}, terms, 0).error(), refusal::outlets_exhausted)
        << "its number has no room in an outlet's id";
}

} // namespace
} // namespace meguri::ledger
