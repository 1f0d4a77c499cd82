// How long the checkpointer rests after each piece of its work. A round that runs through takes one of two cores from
// those who answer payments for a tenth of a second, and they stall; spread over half of the time in which its entries
// came, it takes a part of a core all the time. It never rests so long that it falls behind. The checkpointer's thread
// alone.
#pragma once

#include <chrono>
#include <cstdint>

namespace meguri::storage {

class checkpoint_pace {
public:
    using clock = std::chrono::steady_clock;

    // `entries_max`: of a round.
    explicit checkpoint_pace(std::uint64_t entries_max) : entries_max_{entries_max} {}

    // Whether so many entries that are not in the state store are too many to let others go first.
    [[nodiscard]] bool is_behind(std::uint64_t waiting) const noexcept;
    // A round of `entries` begins, which came since the one before began.
    void begin_round(clock::time_point now, std::uint64_t entries) noexcept;
    // A piece of the round took `work`, `waiting` entries are not in the state store: how long to rest, from a tenth of
    // the work to three times as long.
    [[nodiscard]] clock::duration rest_after(clock::duration work, std::uint64_t waiting) noexcept;

private:
    std::uint64_t entries_max_;
    clock::time_point began_ = clock::now();
    std::uint64_t entries_ = 0; // of the round under way
    clock::duration worked_{0}; // on it
    double work_per_entry_ = 0; // in ticks, of the last round; 0: none yet
    double stretch_ = 0;
};

} // namespace meguri::storage
