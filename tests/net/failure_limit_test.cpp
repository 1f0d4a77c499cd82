#include "net/failure_limit.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

constexpr std::int64_t one_ms = 1'000'000;
constexpr std::int64_t begin = 5'000'000 * one_ms;
constexpr auto shop = client_network::of_ipv4(0xCB007107);
constexpr auto other = client_network::of_ipv4(0xCB007108);

int admitted(failure_limit& by, int tried, client_network from, std::int64_t now_ns) {
    int count = 0;
    for (int i = 0; i < tried; ++i) count += by.count(from, now_ns) ? 1 : 0;
    return count;
}

TEST(failure_limit, admits_a_burst_and_then_so_many_a_second) {
    failure_limit limit{{.per_second = 2, .burst = 10}};
    EXPECT_FALSE(limit.is_reached(shop, begin));
    EXPECT_EQ(admitted(limit, 9, shop, begin), 9);
    EXPECT_FALSE(limit.is_reached(shop, begin));
    EXPECT_EQ(admitted(limit, 100, shop, begin), 1);
    EXPECT_TRUE(limit.is_reached(shop, begin));
    EXPECT_TRUE(limit.is_reached(shop, begin + 499 * one_ms));
    EXPECT_FALSE(limit.is_reached(shop, begin + 500 * one_ms)) << "those beyond the limit put nothing off";
    EXPECT_EQ(admitted(limit, 100, shop, begin + 1'500 * one_ms), 3);
    EXPECT_EQ(admitted(limit, 100, shop, begin + 3'600'000 * one_ms), 10) << "never more than the burst at once";
}

TEST(failure_limit, counts_each_network_for_itself) {
    failure_limit limit{{.per_second = 1, .burst = 3}};
    EXPECT_EQ(admitted(limit, 10, shop, begin), 3);
    EXPECT_FALSE(limit.is_reached(other, begin));
    EXPECT_EQ(admitted(limit, 10, other, begin), 3);
}

TEST(failure_limit, is_none_at_zero_and_changes) {
    failure_limit limit{{}};
    EXPECT_EQ(admitted(limit, 1'000, shop, begin), 1'000);
    limit.set({.per_second = 1, .burst = 1});
    EXPECT_EQ(admitted(limit, 10, shop, begin), 1);
    EXPECT_TRUE(limit.is_reached(shop, begin));
    limit.set({.per_second = 1, .burst = 5});
    EXPECT_EQ(admitted(limit, 10, shop, begin), 4) << "what was counted stays";
    limit.set({});
    EXPECT_FALSE(limit.is_reached(shop, begin));
}

// More networks than there are places: whoever still fails keeps the place, whoever stopped gives it up.
TEST(failure_limit, lets_go_of_who_stopped_failing) {
    failure_limit limit{{.per_second = 1, .burst = 100}};
    constexpr std::uint64_t networks = failure_limit::rows * failure_limit::places;
    EXPECT_EQ(admitted(limit, 1'000, shop, begin), 100);
    for (std::uint64_t i = 0; i < 20 * networks; ++i)
        ASSERT_TRUE(limit.count(client_network::of_ipv6(i << 16), begin)) << i;
    EXPECT_TRUE(limit.is_reached(shop, begin)) << "it has failed more than any of them";

    const std::int64_t later = begin + 200'000 * one_ms;
    for (std::uint64_t i = 0; i < 20 * networks; ++i) (void)limit.count(client_network::of_ipv6(i << 16), later);
    EXPECT_EQ(admitted(limit, 1'000, shop, later), 100);
}

} // namespace
} // namespace meguri::net
