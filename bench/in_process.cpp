#include "bench/in_process.hpp"

#include "storage/key_ring.hpp"
#include "storage/new_ledger.hpp"
#include "storage/steady_clock.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

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

} // namespace

in_process_switch::in_process_switch(const std::filesystem::path& folder, const storage::store_settings& settings) {
    if (!std::filesystem::exists(folder / "key"))
        if (auto made = storage::make_new_ledger(folder, true, wall_now()); !made)
            throw std::runtime_error{made.error().text()};
    auto opened = storage::store::open(folder, settings);
    if (!opened) throw std::runtime_error{opened.error().text()};
    store_ = std::move(*opened);
    shared_ = std::make_unique<actors::switch_shared>(*store_);
    thread_ = std::make_unique<actors::switch_thread>(*shared_, 0, [this] {
        if (due_.exchange(true)) return;
        const std::lock_guard lock{mutex_};
        woken_.notify_one();
    });
    shared_->add(*thread_);
    store_->run(*shared_, [](const storage::error& why) { std::fprintf(stderr, "%s\n", why.text().c_str()); });
}

in_process_switch::~in_process_switch() {
    store_->stop();
    while (thread_->turn()) {
    }
    thread_->clear();
}

void in_process_switch::finished(actors::operation& done) noexcept {
    ++ended_;
    ++result_.finished;
    if (done.end != actors::ending::decided && done.end != actors::ending::replayed) ++result_.failed;
    if (const auto* paid = std::get_if<ledger::payment_decided>(&done.record.what))
        result_.approved += paid->decline == ledger::decline_code::none ? 1 : 0;
    result_.latency.record(static_cast<std::uint64_t>(storage::steady_ns() - done.stages.received_ns));
}

void in_process_switch::wait_for_work() {
    std::unique_lock lock{mutex_};
    woken_.wait(lock, [this] { return due_.load(); });
    lock.unlock();
    due_.store(false);
}

in_process_result in_process_switch::run(std::uint32_t window, const source& next) {
    result_ = {};
    ended_ = window;
    under_way_ = 0;
    bool more_to_come = true;
    const std::int64_t begun = storage::steady_ns();
    while (more_to_come || under_way_ != 0) {
        while (more_to_come && ended_ != 0) {
            auto op = next();
            more_to_come = op != nullptr;
            if (!more_to_come) break;
            op->reply = this;
            op->stages.received_ns = storage::steady_ns();
            --ended_;
            ++under_way_;
            thread_->submit(std::move(op));
        }
        const std::uint32_t ended_before = ended_;
        const bool more = thread_->turn();
        under_way_ -= ended_ - ended_before;
        if (!more && ended_ == ended_before && under_way_ != 0) wait_for_work();
    }
    result_.seconds = static_cast<double>(storage::steady_ns() - begun) / 1e9;
    return result_;
}

actors::operation_ptr in_process_switch::ask(actors::operation_ptr op) {
    bool given = false;
    (void)run(1, [&]() -> actors::operation_ptr { return std::exchange(given, true) ? nullptr : op; });
    return op;
}

furnished_town furnish(in_process_switch& on, std::uint32_t merchants, std::uint32_t wallets) {
    (void)decided<ledger::program_opened>(
        on, ledger::open_program{{town, "石巻市アイポイント", 180, false, ledger::issuer_kind::municipality, false}});
    furnished_town made;
    for (std::uint32_t i = 0; i < merchants; ++i) {
        const auto joined =
            decided<ledger::merchant_joined>(on, ledger::join_merchant{"店" + std::to_string(i), {town}});
        const auto till =
            decided<ledger::outlet_added>(on, ledger::add_outlet{joined.id, ledger::outlet_kind::terminal, "レジ1"});
        actors::principal by;
        by.caller = {ledger::caller_kind::terminal, till.id.value()};
        by.merchant = joined.id;
        by.outlet = till.id;
        made.tills.push_back(by);
    }
    auto& opened = made.wallets;
    const auto in_bulk = [&](const auto& command_of, const auto& look_at) {
        std::uint32_t asked = 0;
        std::vector<actors::operation_ptr> all;
        (void)on.run(1024, [&]() -> actors::operation_ptr {
            if (asked == wallets) return nullptr;
            all.push_back(operators(command_of(asked++)));
            return all.back();
        });
        for (const auto& op : all) look_at(*op);
    };
    in_bulk([](std::uint32_t) { return ledger::command{ledger::open_wallet{}}; },
            [&](const auto& op) { opened.push_back(op.record.wallet); });
    in_bulk(
        [&](std::uint32_t i) {
            return ledger::command{ledger::issue_code{opened[i], ledger::code_kind::card}};
        },
        [&](const auto& op) { made.cards.push_back(std::get<ledger::code_issued>(op.record.what).code); });
    const auto source = *ledger::funding_source::parse("budget:042021:health");
    in_bulk(
        [&](std::uint32_t i) {
            return ledger::command{ledger::grant{opened[i], town, *ledger::points::from(100'000'000), {}, source}};
        },
        [](const auto&) {});
    return made;
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
