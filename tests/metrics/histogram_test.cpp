#include "metrics/histogram.hpp"

#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <thread>

namespace meguri::metrics {
namespace {

// The definition: the first bucket whose bound is not below.
std::size_t searched_bucket(std::int64_t ns) {
    const auto at = std::lower_bound(bucket_bounds_ns.begin(), bucket_bounds_ns.end(), ns);
    return static_cast<std::size_t>(at - bucket_bounds_ns.begin());
}

TEST(histogram, has_rising_bounds_from_10_us_to_10_s_with_an_edge_at_5_ms) {
    EXPECT_EQ(bucket_bounds_ns.front(), 10'000);
    EXPECT_EQ(bucket_bounds_ns.back(), 10'000'000'000);
    EXPECT_TRUE(std::is_sorted(bucket_bounds_ns.begin(), bucket_bounds_ns.end(), std::less_equal{}));
    EXPECT_TRUE(std::binary_search(bucket_bounds_ns.begin(), bucket_bounds_ns.end(), 5'000'000));
}

TEST(histogram, puts_every_duration_into_its_bucket_edges_included) {
    for (const auto bound : bucket_bounds_ns)
        for (const std::int64_t ns : {bound - 1, bound, bound + 1}) EXPECT_EQ(bucket_of(ns), searched_bucket(ns)) << ns;
    for (int bits = 0; bits < 63; ++bits)
        for (const std::int64_t off : {-1, 0, 1}) {
            const std::int64_t ns = (std::int64_t{1} << bits) + off;
            EXPECT_EQ(bucket_of(ns), searched_bucket(ns)) << ns;
        }
    EXPECT_EQ(bucket_of(std::numeric_limits<std::int64_t>::max()), latency_buckets - 1);
    for (const auto seed : test::seeds(1)) {
        test::dice dice{seed};
        for (int i = 0; i < 100'000; ++i) {
            const std::int64_t ns = dice.between(0, std::int64_t{1} << dice.between(1, 40));
            ASSERT_EQ(bucket_of(ns), searched_bucket(ns)) << ns << ", MEGURI_SEED=" << seed;
        }
    }
}

TEST(histogram, counts_and_sums_what_it_records) {
    latency_histogram times;
    for (const std::int64_t ns : {1LL, 10'000LL, 10'001LL, 5'000'000LL, 5'000'001LL, 10'000'000'001LL})
        times.record(ns);
    times.record(-7); // two cores' clocks; nothing took less than no time
    const auto seen = times.view();
    EXPECT_EQ(seen.count(), 7u);
    EXPECT_EQ(seen.sum_ns, 1 + 10'000 + 10'001 + 5'000'000 + 5'000'001 + 10'000'000'001);
    EXPECT_EQ(seen.counts[0], 3u);
    EXPECT_EQ(seen.counts[1], 1u);
    EXPECT_EQ(seen.counts[searched_bucket(5'000'000)], 1u);
    EXPECT_EQ(seen.counts[searched_bucket(5'000'000) + 1], 1u);
    EXPECT_EQ(seen.counts[latency_buckets - 1], 1u);
}

TEST(histogram, of_several_threads_make_one) {
    latency_histogram one;
    latency_histogram other;
    one.record(5);
    other.record(5);
    other.record(1'000'000'000);
    auto both = one.view();
    both += other.view();
    EXPECT_EQ(both.count(), 3u);
    EXPECT_EQ(both.counts[0], 2u);
    EXPECT_EQ(both.sum_ns, 1'000'000'010);
}

TEST(histogram, is_read_while_it_is_written) {
    constexpr std::uint64_t records = 200'000;
    latency_histogram times;
    std::thread writer{[&times] {
        for (std::uint64_t i = 0; i < records; ++i) times.record(static_cast<std::int64_t>(i % 20) * 100'000);
    }};
    std::uint64_t last = 0;
    while (last < records) {
        const auto count = times.view().count();
        EXPECT_GE(count, last) << "a counter never goes back";
        EXPECT_LE(count, records);
        last = count;
    }
    writer.join();
    EXPECT_EQ(times.view().sum_ns, 10'000LL * 190 * 100'000);
}

} // namespace
} // namespace meguri::metrics
