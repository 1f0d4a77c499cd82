#include "net/time_extension.hpp"

#include "storage/thread_name.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

constexpr std::chrono::microseconds ask_every{2'000'000};
constexpr std::chrono::microseconds asked_for{10'000'000}; // each time: five times as much, for a machine that is busy

} // namespace

time_extension::time_extension(const notify_socket& manager, std::chrono::milliseconds at_most) : manager_{manager} {
    if (!manager.is_given()) return;
    const auto end = std::chrono::steady_clock::now() + at_most;
    thread_ = std::thread{[this, end] { run(end); }};
}

time_extension::~time_extension() {
    if (!thread_.joinable()) return;
    {
        const std::scoped_lock lock{mutex_};
        over_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

// The watchdog is told too: it goes on watching a service that ends, whose threads end one after the other.
void time_extension::run(std::chrono::steady_clock::time_point end) {
    storage::name_this_thread("notify");
    const auto alive_every = manager_.alive_every();
    const auto every = std::min(alive_every.value_or(ask_every), ask_every);
    std::unique_lock lock{mutex_};
    while (!changed_.wait_for(lock, every, [this] { return over_; }) && std::chrono::steady_clock::now() < end) {
        manager_.takes_longer(asked_for);
        if (alive_every) manager_.alive();
    }
}

} // namespace meguri::net
