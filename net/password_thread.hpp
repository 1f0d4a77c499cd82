// The thread that computes passwords' hashes, one after the other, for all io threads: each takes a tenth of a second
// and much memory, so there is never more than one, and who comes when too many wait is turned away. Made and ended by
// the server, joined before the io threads' loops are gone.
#pragma once

#include "net/io_loop.hpp"
#include "net/slow_work.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>

namespace meguri::net {

class password_thread {
public:
    explicit password_thread(std::size_t waiting_max) : waiting_max_{waiting_max} {}
    ~password_thread() { join(); }
    password_thread(const password_thread&) = delete;
    password_thread& operator=(const password_thread&) = delete;

    void start();
    // After what it is at; what waits is dropped.
    void join();
    // Any thread. As slow_desk::ask; `done` is posted to the loop.
    [[nodiscard]] bool ask(io_loop& home, slow_work work, std::function<void(slow_result)> done);

private:
    struct waiting_work {
        io_loop* home;
        slow_work work;
        std::function<void(slow_result)> done;
    };
    void run();

    const std::size_t waiting_max_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<waiting_work> waiting_;
    bool ending_ = false;
    std::thread thread_;
};

// The desk of one io thread.
class loop_password_desk final : public slow_desk {
public:
    loop_password_desk(password_thread& to, io_loop& home) noexcept : to_{to}, home_{home} {}
    [[nodiscard]] bool ask(slow_work work, std::function<void(slow_result)> done) override {
        return to_.ask(home_, std::move(work), std::move(done));
    }

private:
    password_thread& to_;
    io_loop& home_;
};

} // namespace meguri::net
