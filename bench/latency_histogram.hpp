// Latencies in nanoseconds, counted in buckets whose width grows with the value: 1/64 of it at most, so any percentile
// is right to 1.6 %, with 64 ns as the finest step. Recording is an increment; histograms of several threads are
// merged.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace meguri::bench {

class latency_histogram {
public:
    void record(std::uint64_t latency_ns) noexcept {
        ++buckets_[bucket_of(latency_ns)];
        ++count_;
        max_ns_ = std::max(max_ns_, latency_ns);
    }

    void merge(const latency_histogram& other) noexcept {
        for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
        count_ += other.count_;
        max_ns_ = std::max(max_ns_, other.max_ns_);
    }

    // The smallest latency that `fraction` (0 to 1) of all do not exceed, rounded up to its bucket's end; 0 if empty.
    [[nodiscard]] std::uint64_t percentile_ns(double fraction) const noexcept {
        const auto wanted = static_cast<std::uint64_t>(fraction * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen != 0 && seen >= wanted) return std::min(end_of(i), max_ns_);
        }
        return max_ns_;
    }

    // visit(upper end of the bucket in ns, count) for every bucket that is not empty, the smallest first.
    template <class Visit>
    void for_each(Visit visit) const {
        for (std::size_t i = 0; i < buckets_.size(); ++i)
            if (buckets_[i] > 0) visit(end_of(i), buckets_[i]);
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t max_ns() const noexcept { return max_ns_; }

private:
    static constexpr unsigned step_bits = 6;   // 64 buckets to each doubling
    static constexpr unsigned doublings = 34;  // up to 2^40 ns, a quarter of an hour
    static constexpr unsigned finest_bits = 6; // below 64 ns nothing is told apart
    static constexpr std::size_t steps = std::size_t{1} << step_bits;

    static std::size_t bucket_of(std::uint64_t latency_ns) noexcept {
        const std::uint64_t units = latency_ns >> finest_bits;
        if (units < steps) return static_cast<std::size_t>(units);
        const auto shift = static_cast<unsigned>(std::bit_width(units)) - 1 - step_bits;
        const std::size_t bucket = (shift + 1) * steps + static_cast<std::size_t>((units >> shift) - steps);
        return std::min(bucket, steps * doublings - 1);
    }
    static std::uint64_t end_of(std::size_t bucket) noexcept {
        const std::size_t row = bucket / steps;
        const std::uint64_t step = bucket % steps;
        const std::uint64_t units = row == 0 ? step + 1 : (steps + step + 1) << (row - 1);
        return units << finest_bits;
    }

    std::array<std::uint64_t, steps * doublings> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ns_ = 0;
};

} // namespace meguri::bench
