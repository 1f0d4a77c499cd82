#include "metrics/sample.hpp"

#include <utility>

namespace meguri::metrics {

sample distribution_of(const family& of, std::span<const std::int64_t> upper_bounds,
                       std::span<const std::uint64_t> counts, std::uint64_t sum, double unit,
                       std::vector<label> labels) {
    distribution shown;
    shown.upper_bounds.reserve(upper_bounds.size());
    for (const auto bound : upper_bounds) shown.upper_bounds.push_back(static_cast<double>(bound) / unit);
    shown.counts.assign(counts.begin(), counts.end());
    shown.sum = static_cast<double>(sum) / unit;
    return {of, std::move(labels), std::move(shown)};
}

sample latency(const family& of, const histogram_view& seen, std::vector<label> labels) {
    return distribution_of(of, bucket_bounds_ns, seen.counts, static_cast<std::uint64_t>(seen.sum_ns), 1e9,
                           std::move(labels));
}

} // namespace meguri::metrics
