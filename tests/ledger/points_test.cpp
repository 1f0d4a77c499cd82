#include "ledger/points.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <limits>

namespace meguri::ledger {
namespace {

static_assert(!std::convertible_to<int, points>, "points are never made by accident");
static_assert(!std::constructible_from<points, int>);
static_assert(!std::constructible_from<points, double>);
static_assert(!std::convertible_to<points, std::int64_t>);

TEST(points, are_whole_yen_from_zero_to_the_limit) {
    constexpr auto limit = points::value_max;
    struct row {
        std::int64_t value;
        bool is_points;
    };
    for (const auto [value, is_points] : {
             row{0, true},
             row{1, true},
             row{points::command_max, true},
             row{limit, true},
             row{limit + 1, false},
             row{-1, false},
             row{std::numeric_limits<std::int64_t>::min(), false},
             row{std::numeric_limits<std::int64_t>::max(), false},
         }) {
        const auto made = points::from(value);
        EXPECT_EQ(made.has_value(), is_points) << value;
        if (made) {
            EXPECT_EQ(made->value(), value);
        }
    }
    EXPECT_TRUE(points{}.is_zero());
    EXPECT_FALSE(points::from(1)->is_zero());
}

TEST(points, sums_beyond_the_limit_are_no_points) {
    const points limit = *points::from(points::value_max);
    const points one = *points::from(1);
    EXPECT_EQ(points::from(2)->plus(*points::from(3)), points::from(5));
    EXPECT_EQ(limit.plus(points{}), limit);
    EXPECT_EQ(limit.plus(one), std::nullopt);
    EXPECT_EQ(limit.plus(limit), std::nullopt); // and does not overflow on the way: UBSan looks on
}

TEST(points, differences_below_zero_are_no_points) {
    const points limit = *points::from(points::value_max);
    const points one = *points::from(1);
    EXPECT_EQ(points::from(5)->minus(*points::from(5)), points{});
    EXPECT_EQ(points::from(5)->minus(*points::from(6)), std::nullopt);
    EXPECT_EQ(points{}.minus(one), std::nullopt);
    EXPECT_EQ(points{}.minus(limit), std::nullopt);
}

TEST(points, compare_by_value) {
    EXPECT_LT(points{}, *points::from(1));
    EXPECT_EQ(*points::from(7), *points::from(7));
}

} // namespace
} // namespace meguri::ledger
