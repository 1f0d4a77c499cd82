#include "storage/checkpoint_pace.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace meguri::storage {
namespace {

using namespace std::chrono_literals;
using clock = checkpoint_pace::clock;

constexpr std::uint64_t entries_max = 1'000;

// Two rounds of 1,000 entries: the first takes `work` in ten pieces, the second begins `apart` after it.
struct pace_row {
    std::string_view what;
    clock::duration apart;
    clock::duration work;
    std::uint64_t waiting;
    clock::duration rest; // after a piece of 10 ms of the second
};

class checkpoint_pace_rests : public testing::TestWithParam<pace_row> {};

TEST_P(checkpoint_pace_rests, by_the_rate_at_which_entries_come) {
    const pace_row& row = GetParam();
    checkpoint_pace pace{entries_max};
    const auto start = clock::now();
    pace.begin_round(start, entries_max);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(pace.rest_after(row.work / 10, entries_max), row.work / 10 / 10);
    pace.begin_round(start + row.apart, entries_max);
    EXPECT_NEAR(static_cast<double>(pace.rest_after(10ms, row.waiting).count()), static_cast<double>(row.rest.count()),
                10.0);
    EXPECT_EQ(pace.is_behind(row.waiting), row.waiting > 1'500);
}

constexpr pace_row rows[] = {
    {"few a second: three times the work, no more", 10s, 100ms, 1'000, 30ms},
    {"a round over half of the time", 600ms, 100ms, 1'000, 20ms},
    {"twice as many", 300ms, 100ms, 1'000, 5ms},
    {"as many as it can follow: hardly", 200ms, 100ms, 1'000, 1ms},
    {"more than that", 90ms, 100ms, 1'000, 1ms},
    {"half of the next round waits: not yet behind", 600ms, 100ms, 1'500, 20ms},
    {"more than that waits: hardly", 600ms, 100ms, 1'501, 1ms},
};

INSTANTIATE_TEST_SUITE_P(rows, checkpoint_pace_rests, testing::ValuesIn(rows),
                         [](const auto& info) { return "row_" + std::to_string(info.index); });

TEST(checkpoint_pace, a_small_round_is_expected_to_take_less) {
    checkpoint_pace pace{entries_max};
    const auto start = clock::now();
    pace.begin_round(start, 1'000);
    EXPECT_EQ(pace.rest_after(100ms, 0), 10ms);
    pace.begin_round(start + 60ms, 100); // 10 ms of work in 30: rests twice as long
    EXPECT_NEAR(static_cast<double>(pace.rest_after(1ms, 0).count()), 2e6, 10.0);
}

} // namespace
} // namespace meguri::storage
