// A latency histogram with fixed buckets: recorded by one thread without locks or divisions, read by any thread.
#pragma once

#include "metrics/counter.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace meguri::metrics {

// Upper bounds of the buckets in nanoseconds, inclusive as Prometheus has them: 10 us to 10 s in steps of 1, 2, 5, with
// 5 ms as an edge because the p99 of a payment is held to it. What is longer than 10 s goes into one bucket more.
inline constexpr std::array<std::int64_t, 19> bucket_bounds_ns{
    10'000,        20'000,        50'000,      //
    100'000,       200'000,       500'000,     //
    1'000'000,     2'000'000,     5'000'000,   //
    10'000'000,    20'000'000,    50'000'000,  //
    100'000'000,   200'000'000,   500'000'000, //
    1'000'000'000, 2'000'000'000, 5'000'000'000, 10'000'000'000,
};
inline constexpr std::size_t latency_buckets = bucket_bounds_ns.size() + 1;

namespace detail {

// For each number of significant bits the first bucket that such a duration may fall into. Bounds at least double from
// one to the next, so at most two of them lie within one power of two.
consteval auto first_bucket_by_width() {
    std::array<std::uint8_t, 65> first{};
    for (std::size_t width = 0; width < first.size(); ++width) {
        const std::uint64_t least = width == 0 ? 0 : std::uint64_t{1} << (width - 1);
        std::uint8_t bucket = 0;
        while (bucket < bucket_bounds_ns.size() && static_cast<std::uint64_t>(bucket_bounds_ns[bucket]) < least)
            ++bucket;
        first[width] = bucket;
    }
    return first;
}
inline constexpr auto first_bucket = first_bucket_by_width();

} // namespace detail

// The bucket of a duration; a negative one (clocks of two cores) counts as 0.
[[nodiscard]] constexpr std::size_t bucket_of(std::int64_t duration_ns) noexcept {
    if (duration_ns <= 0) return 0;
    std::size_t bucket =
        detail::first_bucket[static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(duration_ns)))];
    while (bucket < bucket_bounds_ns.size() && duration_ns > bucket_bounds_ns[bucket]) ++bucket; // once, at most
    return bucket;
}

// What a collector sees at one moment.
struct histogram_view {
    std::array<std::uint64_t, latency_buckets> counts{}; // not cumulative
    std::int64_t sum_ns = 0;

    [[nodiscard]] std::uint64_t count() const noexcept {
        std::uint64_t all = 0;
        for (const auto one : counts) all += one;
        return all;
    }
    // Histograms of several threads make one.
    histogram_view& operator+=(const histogram_view& other) noexcept {
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
        sum_ns += other.sum_ns;
        return *this;
    }
};

class latency_histogram {
public:
    // The one writer's thread only.
    void record(std::int64_t duration_ns) noexcept {
        const std::int64_t shown = duration_ns < 0 ? 0 : duration_ns;
        counts_[bucket_of(shown)].add();
        sum_ns_.add(static_cast<std::uint64_t>(shown));
    }

    // Any thread. Buckets are read one after the other while the writer goes on: each is right, and the count is their
    // sum, so a view always agrees with itself; the sum of nanoseconds may be a few records ahead or behind.
    [[nodiscard]] histogram_view view() const noexcept {
        histogram_view seen;
        for (std::size_t i = 0; i < counts_.size(); ++i) seen.counts[i] = counts_[i].value();
        seen.sum_ns = static_cast<std::int64_t>(sum_ns_.value());
        return seen;
    }

private:
    std::array<counter, latency_buckets> counts_;
    counter sum_ns_;
};

} // namespace meguri::metrics
