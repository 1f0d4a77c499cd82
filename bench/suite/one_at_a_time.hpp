// A round of something that one thread does again and again, each durable before the next.
#pragma once

#include "bench/suite/peer.hpp"

#include <chrono>
#include <cstdint>

namespace meguri::bench {

template <class Deed>
[[nodiscard]] peer_round one_at_a_time(double seconds, Deed deed) {
    using clock = std::chrono::steady_clock;
    const auto seconds_between = [](auto from, auto to) { return std::chrono::duration<double>(to - from).count(); };
    peer_round round;
    const auto begun = clock::now();
    auto now = begun;
    while (seconds_between(begun, now) < seconds) {
        const auto before = now;
        deed();
        now = clock::now();
        round.latency.record(static_cast<std::uint64_t>((now - before).count()));
    }
    round.per_second = static_cast<double>(round.latency.count()) / seconds_between(begun, now);
    return round;
}

} // namespace meguri::bench
