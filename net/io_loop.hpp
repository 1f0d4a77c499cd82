// The loop of one io thread: sockets and timers by Asio, and after each batch of them one turn of the thread's own work
// (actors, answers). A turn runs when somebody woke the loop since the last one; several wake-ups before it are one.
// Constructed and configured by main; run() makes the calling thread the io thread. wake(), post() and stop() may be
// called by any thread, everything else by the io thread or before run().
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

namespace boost::asio {
class io_context;
}

namespace meguri::net {

class io_loop {
public:
    io_loop();
    ~io_loop();
    io_loop(const io_loop&) = delete;
    io_loop& operator=(const io_loop&) = delete;

    // What a turn does; returns whether it wants another one before the thread sleeps. Sockets that are ready get their
    // chance between two turns. Set before run().
    void on_turn(std::function<bool()> turn) { turn_ = std::move(turn); }

    // Runs until stop(). Exceptions of handlers are bugs and leave it.
    void run();

    // Has the turn run soon. All that the caller wrote before is visible to that turn. One atomic exchange if a turn is
    // already due, a system call only if the io thread sleeps.
    void wake() noexcept;

    // Runs `work` on the io thread, after what is already queued, and a turn after it. For rare things: it allocates.
    void post(std::function<void()> work);

    void stop() noexcept;

    // True on the thread inside run(), and on every thread while nobody is inside.
    [[nodiscard]] bool on_own_thread() const noexcept;

    [[nodiscard]] boost::asio::io_context& context() noexcept { return *context_; }

private:
    void take_turn();

    std::unique_ptr<boost::asio::io_context> context_;
    std::function<bool()> turn_;
    std::atomic<bool> due_{false}; // a turn is queued
    std::atomic<std::thread::id> runner_{};
};

} // namespace meguri::net
