#include "bench/in_process.hpp"

#include "storage/journal_writer.hpp"
#include "storage/key_ring.hpp"
#include "storage/new_ledger.hpp"
#include "storage/steady_clock.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace meguri::bench {
namespace {

const auto town = *ledger::program_code::parse("042021");

ledger::instant wall_now() {
    using namespace std::chrono;
    return ledger::instant{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

actors::operation_ptr operators(ledger::command asked) {
    auto op = actors::make_operation();
    op->by.caller = {ledger::caller_kind::operator_, 1};
    op->by.person = 1;
    op->record.caller = op->by.caller;
    op->at = wall_now();
    op->asked = std::move(asked);
    return op;
}

template <class Fact>
Fact decided(in_process_switch& on, ledger::command asked) {
    const auto op = on.ask(operators(std::move(asked)));
    if (op->end != actors::ending::decided) throw std::runtime_error{"the town could not be furnished"};
    return std::get<Fact>(op->record.what);
}

// As many as wanted, all at once.
std::vector<actors::operation_ptr> in_bulk(in_process_switch& on, std::uint32_t wanted,
                                           const std::function<ledger::command(std::uint32_t)>& command_of) {
    std::vector<actors::operation_ptr> all;
    all.reserve(wanted);
    (void)on.run(1024, {[&]() -> actors::operation_ptr {
                     if (all.size() == wanted) return nullptr;
                     all.push_back(operators(command_of(static_cast<std::uint32_t>(all.size()))));
                     return all.back();
                 }});
    for (const auto& op : all)
        if (op->end != actors::ending::decided) throw std::runtime_error{"the town could not be furnished"};
    return all;
}

void move_in_portion(in_process_switch& on, std::uint32_t wallets, std::int64_t points, const resident_visitor& see) {
    static const auto source = *ledger::funding_source::parse("budget:042021:health");
    const auto opened = in_bulk(on, wallets, [](std::uint32_t) { return ledger::command{ledger::open_wallet{}}; });
    const auto issued = in_bulk(on, wallets, [&](std::uint32_t i) {
        return ledger::command{ledger::issue_code{opened[i]->record.wallet, ledger::code_kind::card}};
    });
    if (points > 0)
        (void)in_bulk(on, wallets, [&](std::uint32_t i) {
            return ledger::command{
                ledger::grant{opened[i]->record.wallet, town, *ledger::points::from(points), {}, source}};
        });
    for (const auto& op : issued) {
        const auto& code = std::get<ledger::code_issued>(op->record.what);
        see(code.wallet, code.code);
    }
}

// What the checkpointer has not taken yet is held in memory.
void wait_for_checkpoint(storage::store& store) {
    constexpr ledger::journal_position behind_max = 500'000;
    while (store.writer().durable_position() > store.checkpoint_position() + behind_max)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

} // namespace

// One io thread's actors and the loop that feeds them.
class in_process_switch::io_thread final : public actors::reply_sink {
public:
    io_thread(actors::switch_shared& shared, std::uint32_t index) : actors_{shared, index, [this] { wake(); }} {
        shared.add(actors_);
    }

    void finished(actors::operation& done) noexcept override {
        ++ended_;
        ++result_.finished;
        if (done.end != actors::ending::decided && done.end != actors::ending::replayed) ++result_.failed;
        if (const auto* paid = std::get_if<ledger::payment_decided>(&done.record.what))
            result_.approved += paid->decline == ledger::decline_code::none ? 1 : 0;
        result_.latency.record(static_cast<std::uint64_t>(storage::steady_ns() - done.stages.received_ns));
    }

    // Until the operations of all io threads are back: others may need the actors of this one.
    void run(std::uint32_t window, const source& next, in_process_switch& all) {
        result_ = {};
        ended_ = window;
        bool done = false;
        bool more_to_come = next != nullptr;
        while (all.running_.load() != 0) {
            if (more_to_come) more_to_come = submit(next);
            const bool more = actors_.turn();
            if (!done && !more_to_come && ended_ == window) {
                done = true;
                if (all.running_.fetch_sub(1) == 1)
                    for (const auto& one : all.threads_) one->wake();
            } else if (!more && (!more_to_come || ended_ == 0)) {
                wait_for_work();
            }
        }
    }

    void end() {
        while (actors_.turn()) {
        }
        actors_.clear();
    }
    [[nodiscard]] const in_process_result& result() const noexcept { return result_; }

private:
    // As many as ended; false when the source has no more.
    bool submit(const source& next) {
        for (; ended_ != 0; --ended_) {
            auto op = next();
            if (op == nullptr) return false;
            op->reply = this;
            op->stages.received_ns = storage::steady_ns();
            actors_.submit(std::move(op));
        }
        return true;
    }

    void wake() {
        if (due_.exchange(true)) return;
        const std::lock_guard lock{mutex_};
        woken_.notify_one();
    }
    void wait_for_work() {
        std::unique_lock lock{mutex_};
        woken_.wait(lock, [this] { return due_.load(); });
        due_.store(false);
    }

    std::mutex mutex_;
    std::condition_variable woken_;
    std::atomic<bool> due_{false};
    in_process_result result_;
    std::uint32_t ended_ = 0; // of the window, and not yet replaced by new ones
    actors::switch_thread actors_;
};

in_process_switch::in_process_switch(const std::filesystem::path& folder, std::uint32_t io_threads,
                                     const storage::store_settings& settings) {
    if (!std::filesystem::exists(folder / "key"))
        if (auto made = storage::make_new_ledger(folder, true, wall_now()); !made)
            throw std::runtime_error{made.error().text()};
    auto opened = storage::store::open(folder, settings);
    if (!opened) throw std::runtime_error{opened.error().text()};
    store_ = std::move(*opened);
    shared_ = std::make_unique<actors::switch_shared>(*store_);
    for (std::uint32_t i = 0; i < io_threads; ++i) threads_.push_back(std::make_unique<io_thread>(*shared_, i));
    store_->run(*shared_, [](const storage::error& why) { std::fprintf(stderr, "%s\n", why.text().c_str()); });
}

in_process_switch::~in_process_switch() {
    store_->stop();
    for (const auto& one : threads_) one->end();
}

in_process_result in_process_switch::run(std::uint32_t window, const std::vector<source>& sources) {
    running_ = static_cast<std::uint32_t>(threads_.size());
    const std::int64_t begun = storage::steady_ns();
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < threads_.size(); ++i)
            others.emplace_back(
                [&, i] { threads_[i]->run(window, i < sources.size() ? sources[i] : source{}, *this); });
        threads_.front()->run(window, sources.empty() ? source{} : sources.front(), *this);
    }
    in_process_result all;
    all.seconds = static_cast<double>(storage::steady_ns() - begun) / 1e9;
    for (const auto& one : threads_) {
        const auto& part = one->result();
        all.finished += part.finished;
        all.approved += part.approved;
        all.failed += part.failed;
        all.latency.merge(part.latency);
    }
    return all;
}

actors::operation_ptr in_process_switch::ask(actors::operation_ptr op) {
    bool given = false;
    (void)run(1, {[&]() -> actors::operation_ptr { return std::exchange(given, true) ? nullptr : op; }});
    return op;
}

std::vector<actors::principal> open_tills(in_process_switch& on, std::uint32_t merchants) {
    (void)decided<ledger::program_opened>(
        on, ledger::open_program{{town, "石巻市アイポイント", 180, false, ledger::issuer_kind::municipality, false}});
    std::vector<actors::principal> tills;
    for (std::uint32_t i = 0; i < merchants; ++i) {
        const auto joined =
            decided<ledger::merchant_joined>(on, ledger::join_merchant{"店" + std::to_string(i), {town}});
        const auto till =
            decided<ledger::outlet_added>(on, ledger::add_outlet{joined.id, ledger::outlet_kind::terminal, "レジ1"});
        actors::principal by;
        by.caller = {ledger::caller_kind::terminal, till.id.value()};
        by.merchant = joined.id;
        by.outlet = till.id;
        tills.push_back(by);
    }
    return tills;
}

void move_in(in_process_switch& on, std::uint64_t wallets, std::int64_t points, const resident_visitor& see) {
    constexpr std::uint64_t portion_max = 16'384;
    while (wallets > 0) {
        const auto portion = std::min(wallets, portion_max);
        move_in_portion(on, static_cast<std::uint32_t>(portion), points, see);
        wallets -= portion;
        wait_for_checkpoint(on.store());
    }
}

void pay_in_bulk(in_process_switch& on, const std::vector<actors::principal>& tills, const card_choice& choose,
                 std::uint64_t payments, std::uint64_t after) {
    constexpr std::uint64_t portion_max = 200'000;
    const auto last = after + payments;
    for (auto number = after; number < last;) {
        const auto end = std::min(number + portion_max, last);
        const auto paid =
            on.run(2048, {[&]() -> actors::operation_ptr {
                       if (number == end) return nullptr;
                       ++number;
                       return payment_of(on.store().keys(), tills[number % tills.size()], choose(), number);
                   }});
        if (paid.failed > 0) throw std::runtime_error{"payments failed in process"};
        wait_for_checkpoint(on.store());
    }
}

void freeze(in_process_switch& on, ledger::wallet_id wallet) {
    (void)decided<ledger::freeze_changed>(
        on, ledger::set_freeze{ledger::freeze_subject::wallet, wallet.value(), true, "紛失の届出"});
}

actors::operation_ptr payment_of(const storage::key_ring& keys, const actors::principal& till,
                                 const ledger::digest128& card, std::uint64_t number) {
    auto op = actors::make_operation();
    op->by = till;
    op->at = wall_now();
    op->record.caller = till.caller;
    op->record.idempotency_key = "payment-" + std::to_string(number);
    op->record.fingerprint = {number, card.low};
    op->key_digest = keys.digest_of_idempotency(till.caller, op->record.idempotency_key);
    op->asked = ledger::command{ledger::authorize{town, *ledger::points::from(1), {}, card}};
    return op;
}

} // namespace meguri::bench
