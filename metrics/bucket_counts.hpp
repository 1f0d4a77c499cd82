// A histogram of whatever is counted, by bounds that its owner chooses: one writer thread, any reader.
#pragma once

#include "metrics/counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace meguri::metrics {

// Upper bounds are inclusive and rise; one more bucket takes what is above the last.
template <std::size_t Bounds>
struct bucket_counts {
    explicit constexpr bucket_counts(const std::array<std::int64_t, Bounds>& upper_bounds) : bounds{upper_bounds} {}

    // The writer's thread only. `value` is at least 0.
    void note(std::int64_t value) noexcept {
        std::size_t at = 0;
        while (at < Bounds && value > bounds[at]) ++at;
        buckets[at].add(1);
        sum.add(static_cast<std::uint64_t>(value));
        max.raise_to(static_cast<std::uint64_t>(value));
    }

    // Any thread.
    [[nodiscard]] std::uint64_t count() const noexcept {
        std::uint64_t all = 0;
        for (const auto& one : buckets) all += one.value();
        return all;
    }

    const std::array<std::int64_t, Bounds>& bounds;
    std::array<counter, Bounds + 1> buckets;
    counter sum;
    counter max; // since the start
};

} // namespace meguri::metrics
