#include "ledger/calendar.hpp"

#include <gtest/gtest.h>

namespace meguri::ledger {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t day_ms = 86'400 * second;

// 2026-04-01T00:00:00+09:00, from `date -d ... +%s`.
constexpr std::int64_t april_first = 1'774'969'200 * second;

TEST(jst_day, begins_at_midnight_in_japan) {
    struct row {
        std::int64_t unix_ms;
        std::string_view date;
    };
    for (const auto [unix_ms, date] : {
             row{april_first - second, "2026-03-31"},
             row{april_first - 1, "2026-03-31"},
             row{april_first, "2026-04-01"},
             row{april_first + second, "2026-04-01"},
             row{april_first + day_ms - second, "2026-04-01"},
             row{april_first + day_ms - 1, "2026-04-01"},
             row{april_first + day_ms, "2026-04-02"},
             row{0, "1970-01-01"},                      // 09:00 in Japan
             row{15 * 3600 * second - 1, "1970-01-01"}, // 23:59:59.999
             row{15 * 3600 * second, "1970-01-02"},
             row{1'709'132'400 * second - 1, "2024-02-28"}, // a leap year
             row{1'709'132'400 * second, "2024-02-29"},
             row{1'709'218'800 * second, "2024-03-01"},
         }) {
        EXPECT_EQ(to_date(jst_day::of(instant{unix_ms})), date) << unix_ms;
    }
}

TEST(jst_day, before_1970_still_rounds_down) {
    EXPECT_EQ(jst_day::of(instant{-9 * 3600 * second}).days(), 0);
    EXPECT_EQ(jst_day::of(instant{-9 * 3600 * second - 1}).days(), -1);
    EXPECT_EQ(jst_day::of(instant{-9 * 3600 * second - day_ms}).days(), -1);
    EXPECT_EQ(jst_day::of(instant{-9 * 3600 * second - day_ms - 1}).days(), -2);
}

TEST(jst_day, ends_where_the_next_one_begins) {
    const jst_day first = *parse_date("2026-04-01");
    EXPECT_EQ(first.end(), instant{april_first + day_ms});
    EXPECT_EQ(jst_day::of(first.end()), first.plus_days(1));
    EXPECT_EQ(jst_day::of(first.end().plus_ms(-1)), first);
    EXPECT_EQ(first.plus_days(-1).end(), instant{april_first});
}

TEST(calendar, renders_rfc3339_in_utc_with_milliseconds) {
    struct row {
        std::int64_t unix_ms;
        std::string_view text;
    };
    for (const auto [unix_ms, text] : {
             row{0, "1970-01-01T00:00:00.000Z"},
             row{1, "1970-01-01T00:00:00.001Z"},
             row{april_first, "2026-03-31T15:00:00.000Z"},
             row{april_first - 1, "2026-03-31T14:59:59.999Z"},
             row{1'775'012'645'678, "2026-04-01T03:04:05.678Z"},
             row{1'709'251'199'099, "2024-02-29T23:59:59.099Z"},
             row{253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
         }) {
        EXPECT_EQ(to_rfc3339(instant{unix_ms}), text);
    }
    std::string out = "at ";
    append_rfc3339(out, instant{0});
    EXPECT_EQ(out, "at 1970-01-01T00:00:00.000Z");
}

TEST(calendar, dates_go_there_and_back) {
    for (std::int32_t days = 0; days <= 2'932'896; days += 97) {
        const std::string text = to_date(jst_day{days});
        EXPECT_EQ(text.size(), 10u);
        ASSERT_EQ(parse_date(text), jst_day{days}) << text;
    }
    EXPECT_EQ(parse_date("9999-12-31"), jst_day{2'932'896});
    EXPECT_EQ(parse_date("2026-04-01"), jst_day::of(instant{april_first}));
}

TEST(calendar, refuses_what_is_no_date) {
    for (const std::string_view text :
         {"", "2026-4-1", "2026-04-31", "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-01-00",
          "1969-12-31", "0000-01-01", "2026/04/01", "20260401", "2026-04-01T", "2026-04-1 ", "+026-04-01", "2026--4-01",
          "2026-04-01Z", "２０26-04"}) {
        EXPECT_EQ(parse_date(text), std::nullopt) << text;
    }
    EXPECT_TRUE(parse_date("2024-02-29"));
    EXPECT_TRUE(parse_date("2000-02-29"));
}

TEST(calendar_contract, what_cannot_be_written_with_four_digits_aborts) {
    EXPECT_DEATH((void)to_date(jst_day{2'932'897}), "EXPECTS broken");
    EXPECT_DEATH((void)to_date(jst_day{-1}), "EXPECTS broken");
    EXPECT_DEATH((void)to_rfc3339(instant{-1}), "EXPECTS broken");
    EXPECT_DEATH((void)to_rfc3339(instant{253'402'300'800'000}), "EXPECTS broken");
}

TEST(parse_rfc3339, takes_any_instant_of_the_format) {
    struct row {
        std::string_view text;
        std::optional<std::int64_t> ms;
    };
    constexpr std::int64_t noon = 1'775'012'400'000; // 2026-04-01T03:00:00Z
    const row rows[] = {
        {"2026-04-01T03:00:00Z", noon},
        {"2026-04-01t03:00:00z", noon},
        {"2026-04-01T12:00:00+09:00", noon},
        {"2026-03-31T22:30:00-04:30", noon},
        {"2026-04-01T03:00:00.6Z", noon + 600},
        {"2026-04-01T03:00:00.678Z", noon + 678},
        {"2026-04-01T03:00:00.678999999Z", noon + 678},
        {"1970-01-01T00:00:00Z", 0},
        {"2026-04-01T03:00:00", {}},
        {"2026-04-01T03:00Z", {}},
        {"2026-04-01 03:00:00Z", {}},
        {"2026-04-01T03:00:00.Z", {}},
        {"2026-04-01T03:00:00,5Z", {}},
        {"2026-04-01T24:00:00Z", {}},
        {"2026-04-01T03:60:00Z", {}},
        {"2026-04-01T03:00:60Z", {}},
        {"2026-02-30T03:00:00Z", {}},
        {"2026-04-01T03:00:00+0900", {}},
        {"2026-04-01T03:00:00+24:00", {}},
        {"2026-04-01T03:00:00Zx", {}},
        {"2026-04-01", {}},
        {"", {}},
    };
    for (const auto& one : rows) {
        const auto at = parse_rfc3339(one.text);
        EXPECT_EQ(at ? std::optional{at->unix_ms()} : std::nullopt, one.ms) << one.text;
    }
    EXPECT_EQ(to_rfc3339(*parse_rfc3339("2026-04-01T12:00:00.678+09:00")), "2026-04-01T03:00:00.678Z");
}

} // namespace
} // namespace meguri::ledger
