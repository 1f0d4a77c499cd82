// One series of a family at one moment: what sources hand to the exporter. Made while /metrics is collected, on the
// operations thread, never on a payment's way.
#pragma once

#include "metrics/family.hpp"
#include "metrics/histogram.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace meguri::metrics {

struct label {
    std::string_view name; // a constant of those in is_bounded_label()
    std::string value;
};

// Buckets in the family's unit; counts are not cumulative and one more than the bounds.
struct distribution {
    std::vector<double> upper_bounds;
    std::vector<std::uint64_t> counts;
    double sum = 0;
};

struct sample {
    family of;
    std::vector<label> labels;
    std::variant<double, distribution> value;
};
using samples = std::vector<sample>;

// Labels take few values that are known beforehand; there is none that could carry a wallet, merchant, terminal or key.
[[nodiscard]] constexpr bool is_bounded_label(std::string_view name) noexcept {
    for (const std::string_view known : {"stage", "outcome", "ending", "reason", "class", "code", "kind", "thread",
                                         "version", "route", "program", "state", "result", "level", "authority"})
        if (name == known) return true;
    return false;
}

// A counter's or gauge's series.
[[nodiscard]] inline sample number(const family& of, std::uint64_t value, std::vector<label> labels = {}) {
    return {of, std::move(labels), static_cast<double>(value)};
}
[[nodiscard]] inline sample signed_number(const family& of, std::int64_t value, std::vector<label> labels = {}) {
    return {of, std::move(labels), static_cast<double>(value)};
}
// A counter or gauge of seconds, from nanoseconds.
[[nodiscard]] inline sample seconds(const family& of, std::uint64_t ns, std::vector<label> labels = {}) {
    return {of, std::move(labels), static_cast<double>(ns) / 1e9};
}

// A histogram with the bounds that the source counted by. `unit`: how many of the source's units make one of the
// family's: 1e9 for nanoseconds shown as seconds, 1 for entries. Expects one count more than bounds.
[[nodiscard]] sample distribution_of(const family& of, std::span<const std::int64_t> upper_bounds,
                                     std::span<const std::uint64_t> counts, std::uint64_t sum, double unit,
                                     std::vector<label> labels = {});
[[nodiscard]] sample latency(const family& of, const histogram_view& seen, std::vector<label> labels = {});

} // namespace meguri::metrics
