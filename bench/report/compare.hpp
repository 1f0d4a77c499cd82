// Two records of one kind, row by row: by how much they differ, and whether that is more than their noise.
#pragma once

#include "bench/report/record.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

enum class verdict { faster, slower, within_noise, too_few, only_in_old, only_in_new };
[[nodiscard]] std::string_view text_of(verdict what) noexcept;

struct comparison {
    std::string name;
    verdict says = verdict::within_noise;
    double old_median = 0;
    double new_median = 0;
    double ratio = 0;     // of the medians, new to old; 0 where one is missing or 0
    double old_noise = 0; // interquartile range, as a share of the median
    double new_noise = 0;
    double p = 1; // see mann_whitney_p
};

// Chance is ruled out where p is below this; below the least change nobody need look, however sure it is.
inline constexpr double p_max = 0.05;
inline constexpr double least_change = 0.02;
// With fewer of each no p can be below p_max.
inline constexpr std::size_t repetitions_min = 4;

// micro: the time of each benchmark. peers: the rate of each program. Others: of each run what was answered a second
// where it was a closed loop, else p99, of its pieces of time. Throws bad_record where the kinds differ, or one is not
// valid.
[[nodiscard]] std::vector<comparison> compare(const record& old_one, const record& new_one);

} // namespace meguri::bench
