#include "net/card_list_reader.hpp"

#include "net/card_trust.hpp"
#include "net/log.hpp"
#include "storage/thread_name.hpp"

#include <chrono>
#include <utility>

namespace meguri::net {
namespace {

constexpr std::chrono::seconds looked_at_every{1};

} // namespace

void card_list_reader::start() {
    thread_ = std::thread{[this] {
        storage::name_this_thread("card-lists");
        run();
    }};
}

void card_list_reader::join() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    fetcher_.end();
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void card_list_reader::read_once() {
    const auto done = reads_.refresh();
    const std::lock_guard lock{mutex_};
    const std::string before = std::exchange(complaint_, done ? std::string{} : done.error().detail);
    if (complaint_ == before) return;
    if (done)
        log_plain(severity::info, "card_lists_read");
    else
        log_event{severity::error, "card_lists_not_read"}.text("why", complaint_);
}

// Told once, and again when it is another thing that is wrong.
void card_list_reader::fetch() {
    auto wrong = fetcher_.fetch_when_due();
    if (wrong == fetch_complaint_) return;
    fetch_complaint_ = std::move(wrong);
    if (fetch_complaint_.empty())
        log_plain(severity::info, "card_lists_fetched");
    else
        log_event{severity::error, "card_lists_not_fetched"}.text("why", fetch_complaint_);
}

void card_list_reader::run() {
    fetch();
    read_once();
    std::unique_lock lock{mutex_};
    while (!changed_.wait_for(lock, looked_at_every, [this] { return ending_; })) {
        lock.unlock();
        fetch();
        read_once();
        lock.lock();
    }
}

} // namespace meguri::net
