// Whether an io thread still works off what is posted to it: for the service manager's watchdog. Asked by one thread.
#pragma once

#include "net/io_loop.hpp"

#include <atomic>

namespace meguri::net {

class loop_pulse {
public:
    // The loop is not run after the pulse is gone.
    explicit loop_pulse(io_loop& loop) noexcept : loop_{loop} {}

    // Whether the loop came to what the last call had posted; then posts again. The first call says yes.
    [[nodiscard]] bool beats() {
        if (!answered_.exchange(false)) return false;
        loop_.post([this] { answered_.store(true); });
        return true;
    }

private:
    io_loop& loop_;
    std::atomic<bool> answered_{true};
};

} // namespace meguri::net
