#include "net/past_thread.hpp"

#include "storage/history.hpp"
#include "storage/thread_name.hpp"

#include <utility>

namespace meguri::net {
namespace {

class stored_past final : public ledger_past {
public:
    explicit stored_past(storage::history from) : from_{std::move(from)} {}
    read<ledger::wallet> wallet_at(ledger::journal_position newest, ledger::instant at) override {
        return from_.wallet_at(newest, at);
    }
    read<ledger::merchant> merchant_at(const ledger::merchant& today, ledger::instant at) override {
        return from_.merchant_at(today, at);
    }
    read<void> wallet_entries(ledger::journal_position newest, ledger::instant at, const visitor& visit) override {
        return from_.wallet_entries(newest, at, visit);
    }
    read<void> merchant_entries(ledger::journal_position newest, ledger::instant at, const visitor& visit) override {
        return from_.merchant_entries(newest, at, visit);
    }
    read<ledger::entry> entry_at(ledger::journal_position position) override { return from_.entry_at(position); }
    read<ledger::books> books_at(ledger::instant at) override { return from_.books_at(at); }

private:
    storage::history from_;
};

} // namespace

void past_thread::start() {
    thread_ = std::thread{[this] {
        storage::name_this_thread("past");
        run();
    }};
}

void past_thread::join() {
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool past_thread::ask(io_loop& home, past_question question, std::function<void(past_result)> answered) {
    {
        const std::lock_guard lock{mutex_};
        if (ending_ || waiting_.size() >= waiting_max) return false;
        waiting_.push_back({&home, std::move(question), std::move(answered)});
    }
    changed_.notify_one();
    return true;
}

void past_thread::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (ending_) return;
        asked_question next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        auto past = storage::history::make(journal_, ending_).map([](storage::history&& from) {
            return stored_past{std::move(from)};
        });
        auto body = past ? next.question(*past) : past_result{tl::unexpected{problem{problem_code::read_failed}}};
        next.home->post(
            [answered = std::move(next.answered), body = std::move(body)]() mutable { answered(std::move(body)); });
        lock.lock();
    }
}

} // namespace meguri::net
