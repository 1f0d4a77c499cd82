// How many log lines one kind of event may have: some at once, then one after the other at an even pace. So a burst of
// refusals tells a few of them and counts the rest. Where a line is left out it costs a comparison and an addition.
// Asked on one thread; what was left out any thread may read.
#pragma once

#include "metrics/counter.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace meguri::net {

class line_budget {
public:
    explicit line_budget(std::uint32_t lines_per_second) noexcept { set(lines_per_second); }

    // From now on at most that many at once, and that many a second; 0: none.
    void set(std::uint32_t lines_per_second) noexcept {
        next_ns_ = lines_per_second == 0 ? never : 0;
        if (lines_per_second == 0) return;
        interval_ns_ = second_ns / lines_per_second;
        slack_ns_ = (std::int64_t{lines_per_second} - 1) * interval_ns_;
    }

    // Whether the next line may be written; else it is counted. `now_ns`: the steady clock.
    [[nodiscard]] bool take(std::int64_t now_ns) noexcept {
        if (now_ns < next_ns_) {
            suppressed_.add();
            return false;
        }
        next_ns_ = std::max(next_ns_, now_ns - slack_ns_) + interval_ns_;
        return true;
    }

    // Lines that were left out since the start. Any thread.
    [[nodiscard]] std::uint64_t suppressed() const noexcept { return suppressed_.value(); }

private:
    static constexpr std::int64_t second_ns = 1'000'000'000;
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    std::int64_t next_ns_ = 0;
    std::int64_t interval_ns_ = 0;
    std::int64_t slack_ns_ = 0;
    metrics::counter suppressed_;
};

} // namespace meguri::net
