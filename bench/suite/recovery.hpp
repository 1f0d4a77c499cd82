// When a switch that was overloaded answers as before again, and how long it stalled: read off a load's slots of time.
#pragma once

#include "bench/http_load.hpp"

#include <cstdint>

namespace meguri::bench {

struct recovery {
    bool recovered = false;
    double seconds = 0;          // from the last request of the overload; where it did not recover, to the end
    std::uint64_t wanted_ns = 0; // p99 of a slot
};

// As before: for a second on end nothing shed and every slot's p99 hardly over the worst one before (a quarter and half
// a millisecond). Both at the same rate and with slots of `slot_s`.
[[nodiscard]] recovery recovery_after(const load_result& before, const load_result& overload, const load_result& after,
                                      double slot_s);

struct stall {
    std::uint64_t longest_ns = 0; // of waiting for an answer, or without any
    double at_s = 0;              // when it was, to a slot
    std::uint64_t slots_over = 0; // in which somebody waited longer than the limit
};
[[nodiscard]] stall stall_in(const load_result& of, double slot_s, std::uint64_t limit_ns);

} // namespace meguri::bench
