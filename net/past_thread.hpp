// The thread that answers questions about the past, one after the other, for all io threads. Made and ended by the
// server: it is started after the store was opened and joined before the io threads' loops are gone.
#pragma once

#include "net/io_loop.hpp"
#include "net/ledger_past.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>

namespace meguri::storage {
class journal;
} // namespace meguri::storage

namespace meguri::net {

class past_thread {
public:
    static constexpr std::size_t waiting_max = 64; // a question may take seconds: who comes later is turned away

    explicit past_thread(const storage::journal& over) : journal_{over} {}
    ~past_thread() { join(); }
    past_thread(const past_thread&) = delete;
    past_thread& operator=(const past_thread&) = delete;

    void start();
    // Ends soon, in the middle of a question too; those that wait are dropped.
    void join();

    // Any thread. As past_desk::ask; `answered` is posted to the loop.
    [[nodiscard]] bool ask(io_loop& home, past_question question, std::function<void(past_result)> answered);

private:
    struct asked_question {
        io_loop* home;
        past_question question;
        std::function<void(past_result)> answered;
    };
    void run();

    const storage::journal& journal_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<asked_question> waiting_;
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

// The desk of one io thread.
class loop_past_desk final : public past_desk {
public:
    loop_past_desk(past_thread& to, io_loop& home) noexcept : to_{to}, home_{home} {}
    [[nodiscard]] bool ask(past_question question, std::function<void(past_result)> answered) override {
        return to_.ask(home_, std::move(question), std::move(answered));
    }

private:
    past_thread& to_;
    io_loop& home_;
};

} // namespace meguri::net
