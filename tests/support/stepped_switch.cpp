#include "tests/support/stepped_switch.hpp"

#include "storage/key_ring.hpp"
#include "storage/new_ledger.hpp"

#include <stdexcept>

namespace meguri::test {
namespace {

[[noreturn]] void give_up(const storage::error& why) { throw std::runtime_error{why.text()}; }

ledger::digest128 any_fingerprint(const actors::request& asked) {
    // What the edge takes from the parsed command; the kinds are enough for tests that vary amounts themselves.
    ledger::digest128 print{asked.index() + 1, 0};
    const auto* const command = std::get_if<ledger::command>(&asked);
    if (command == nullptr) return print;
    print.low = command->index() << 48;
    if (const auto* paid = std::get_if<ledger::authorize>(command))
        print.low ^= static_cast<std::uint64_t>(paid->amount.value());
    return print;
}

} // namespace

stepped_switch::stepped_switch(const std::filesystem::path& folder, std::uint32_t io_threads,
                               const storage::store_settings& settings) {
    if (!std::filesystem::exists(folder / "key"))
        if (auto made = storage::make_new_ledger(folder, true, now); !made) give_up(made.error());
    auto opened = storage::store::open(folder, settings);
    if (!opened) give_up(opened.error());
    store_ = std::move(*opened);
    shared_ = std::make_unique<actors::switch_shared>(*store_);
    for (std::uint32_t i = 0; i < io_threads; ++i) {
        threads_.push_back(std::make_unique<actors::switch_thread>(*shared_, i, [] {}));
        shared_->add(*threads_.back());
    }
    store_->writer().connect(*shared_);
}

stepped_switch::~stepped_switch() {
    settle();
    for (const auto& one : threads_) one->clear();
}

actors::operation_ptr stepped_switch::submit(const actors::principal& by, actors::request asked, std::string key,
                                             std::size_t thread) {
    auto op = actors::make_operation();
    op->by = by;
    op->at = now;
    op->reply = &answers_;
    op->record.caller = by.caller;
    op->record.person = by.person;
    op->record.fingerprint = any_fingerprint(asked);
    if (!key.empty()) op->key_digest = store_->keys().digest_of_idempotency(by.caller, key);
    op->record.idempotency_key = std::move(key);
    op->asked = std::move(asked);
    threads_.at(thread)->submit(op);
    return op;
}

bool stepped_switch::turn() {
    bool more = false;
    for (const auto& one : threads_) more = one->turn() || more;
    return more;
}

bool stepped_switch::commit() { return store_->writer().step(); }

void stepped_switch::settle() {
    // An operation passes at most a handful of threads and actors; a turn that moves nothing leaves nothing to commit.
    int quiet = 0;
    while (quiet < 4) {
        const bool more = turn();
        quiet = commit() || more ? 0 : quiet + 1;
    }
}

void stepped_switch::checkpoint() {
    if (auto done = store_->checkpoints().catch_up(); !done) give_up(done.error());
}

actors::operation_ptr stepped_switch::ask(const actors::principal& by, actors::request asked, std::string key) {
    auto op = submit(by, std::move(asked), std::move(key));
    settle();
    return op;
}

actors::principal stepped_switch::first_operator() {
    actors::principal by;
    by.caller = {ledger::caller_kind::operator_, 1};
    by.person = 1;
    return by;
}

actors::principal stepped_switch::outlet(const ledger::outlet_added& added) {
    actors::principal by;
    const bool shop = added.kind == ledger::outlet_kind::shop;
    by.caller = {shop ? ledger::caller_kind::shop : ledger::caller_kind::terminal, added.id.value()};
    by.merchant = added.id.merchant();
    by.outlet = added.id;
    return by;
}

void stepped_switch::refused(const actors::operation& op) {
    throw std::runtime_error{"not decided: ending " + std::to_string(static_cast<int>(op.end)) + ", refusal " +
                             std::to_string(static_cast<int>(op.refusal))};
}

} // namespace meguri::test
