// Whether a process that does the same all the time needs more and more memory for it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace meguri::bench {

struct memory_growth {
    std::uint64_t first_bytes = 0; // the most in the second fifth of the time: actors, buffers and caches are there
    std::uint64_t last_bytes = 0;  // the least in the last fifth
    std::uint64_t bound_bytes = 0;
    [[nodiscard]] bool is_within() const noexcept { return last_bytes <= first_bytes + bound_bytes; }
};

// The Bloom filters of two index keys are all that a payment leaves in memory for good, 10 bits each.
inline constexpr std::uint64_t bytes_of_each_answer = 8;

// `samples`: at equal times, of a run with so many answers.
[[nodiscard]] inline memory_growth growth_within(const std::vector<std::uint64_t>& samples, std::uint64_t bound_bytes,
                                                 std::uint64_t answers) {
    memory_growth found{0, 0, bound_bytes + bytes_of_each_answer * answers};
    if (samples.empty()) return found;
    const auto fifth = std::max<std::size_t>(samples.size() / 5, 1);
    const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(std::min(fifth, samples.size() - 1));
    const auto end = samples.begin() + static_cast<std::ptrdiff_t>(std::min(2 * fifth, samples.size()));
    found.first_bytes = begin < end ? *std::max_element(begin, end) : *begin;
    found.last_bytes = *std::min_element(samples.end() - static_cast<std::ptrdiff_t>(fifth), samples.end());
    return found;
}

} // namespace meguri::bench
