// The wall clock at the edge: read once per request, it travels with the command. Watches itself against the steady
// clock, and on a ledger for tests can be turned by a file. now_ms() and doubtful() from any thread, tick() from one.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace meguri::net {

class edge_clock {
public:
    // The system's clock.
    edge_clock();
    // `offset_file` holds one integer: seconds to add to the wall clock, read again at each tick.
    explicit edge_clock(std::filesystem::path offset_file);

    // Unix milliseconds. A wall clock that is doubtful is not followed, not even before the tick that notes it: time
    // goes on as the steady clock has it. No wallet goes back in time, so what it decided by a clock that was a month
    // ahead would end its holds and points early even when the clock is right again.
    [[nodiscard]] std::int64_t now_ms() const noexcept;

    // Once a second. Returns what is wrong with the offset file, if anything; the last good offset stays in force.
    std::optional<std::string> tick();

    // The wall clock was moved by more than 60 s since the start, as the steady clock tells: nothing may expire by it.
    // A turn by the offset file is meant and does not count.
    [[nodiscard]] bool doubtful() const noexcept { return doubtful_.load(std::memory_order_relaxed); }

private:
    std::filesystem::path offset_file_;
    std::int64_t wall_minus_steady_ms_;
    std::atomic<std::int64_t> offset_ms_{0};
    std::atomic<bool> doubtful_{false};
};

} // namespace meguri::net
