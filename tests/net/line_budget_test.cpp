#include "net/line_budget.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

constexpr std::int64_t ms = 1'000'000;

int taken(line_budget& from, int wanted, std::int64_t now_ns) {
    int count = 0;
    for (int i = 0; i < wanted; ++i) count += from.take(now_ns) ? 1 : 0;
    return count;
}

TEST(line_budget, lets_some_through_and_counts_the_rest) {
    line_budget budget{10};
    EXPECT_EQ(taken(budget, 1000, 5'000'000 * ms), 10);
    EXPECT_EQ(budget.suppressed(), 990U);
}

TEST(line_budget, fills_with_time) {
    line_budget budget{10};
    EXPECT_EQ(taken(budget, 20, 10'000 * ms), 10);
    EXPECT_EQ(taken(budget, 20, 10'099 * ms), 0) << "a tenth of a second brings one";
    EXPECT_EQ(taken(budget, 20, 10'100 * ms), 1);
    EXPECT_EQ(taken(budget, 20, 10'600 * ms), 5);
    EXPECT_EQ(taken(budget, 20, 900'000 * ms), 10) << "never more than ten at once";
    EXPECT_EQ(taken(budget, 20, 800'000 * ms), 0) << "a clock that runs backwards brings none";
}

// So that a sample is one of the whole second, not of its beginning.
TEST(line_budget, spreads_evenly_what_never_pauses) {
    line_budget budget{100};
    EXPECT_EQ(taken(budget, 1000, 10'000 * ms), 100);
    for (std::int64_t now = 10'010 * ms; now < 11'000 * ms; now += 10 * ms) EXPECT_EQ(taken(budget, 50, now), 1) << now;
}

TEST(line_budget, takes_another_rate) {
    line_budget budget{0};
    EXPECT_EQ(taken(budget, 5, 10'000 * ms), 0);
    EXPECT_EQ(budget.suppressed(), 5U);
    budget.set(2);
    EXPECT_EQ(taken(budget, 5, 10'000 * ms), 2);
    budget.set(100'000);
    EXPECT_EQ(taken(budget, 200'000, 10'000 * ms), 100'000) << "at once, whatever the rate before had left";
    budget.set(0);
    EXPECT_EQ(taken(budget, 5, 900'000 * ms), 0);
}

} // namespace
} // namespace meguri::net
