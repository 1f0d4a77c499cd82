// Whether the switch takes requests at all. One per process; any thread may turn it, every io thread reads it before
// each request.
#pragma once

#include <atomic>
#include <cstdint>

namespace meguri::net {

enum class service_phase : std::uint8_t {
    starting, // not ready yet
    serving,
    draining, // shutting down: what is under way is finished, nothing new begins
    stopped,  // a write or sync failed: nothing is served until the restart
};

struct service_state {
    std::atomic<service_phase> phase{service_phase::starting};
    std::atomic<bool> shedding{false};          // the checkpointer lags too far behind
    std::atomic<std::uint64_t> keys_version{1}; // one more whenever a bearer key changed its meaning
};

// How many operations of one io thread may be under way at once. On that thread alone.
class admission {
public:
    explicit admission(std::uint32_t limit) noexcept : limit_{limit} {}
    [[nodiscard]] bool enter() noexcept { return in_flight_ < limit_ && (++in_flight_, true); }
    void leave() noexcept { --in_flight_; }
    // Those that are under way go on, however many.
    void set_limit(std::uint32_t limit) noexcept { limit_ = limit; }
    [[nodiscard]] std::uint32_t in_flight() const noexcept { return in_flight_; }

private:
    std::uint32_t in_flight_ = 0;
    std::uint32_t limit_;
};

} // namespace meguri::net
