#include "net/password_thread.hpp"

#include "storage/thread_name.hpp"

#include <utility>

namespace meguri::net {

void password_thread::start() {
    thread_ = std::thread{[this] {
        storage::name_this_thread("passwords");
        run();
    }};
}

void password_thread::join() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool password_thread::ask(io_loop& home, slow_work work, std::function<void(slow_result)> done) {
    {
        const std::lock_guard lock{mutex_};
        if (ending_ || waiting_.size() >= waiting_max_) return false;
        waiting_.push_back({&home, std::move(work), std::move(done)});
    }
    changed_.notify_one();
    return true;
}

void password_thread::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (ending_) return;
        waiting_work next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        auto result = next.work();
        next.home->post(
            [done = std::move(next.done), result = std::move(result)]() mutable { done(std::move(result)); });
        next.work = nullptr;
        lock.lock();
    }
}

} // namespace meguri::net
