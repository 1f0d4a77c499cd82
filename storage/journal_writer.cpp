#include "storage/journal_writer.hpp"

#include "ledger/contract.hpp"
#include "storage/steady_clock.hpp"
#include "storage/thread_name.hpp"
#include "storage/unfiled_frames.hpp"

#include <algorithm>
#include <chrono>

namespace meguri::storage {
namespace {

ledger::instant system_clock_now() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return ledger::instant{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

// The end of a chain as it stands before this request, which becomes the new end if it is an entry.
ledger::journal_position pass_tail(chain_tail& tail, const append_request& request) noexcept {
    const auto previous = tail.last;
    if (!request.is_barrier) tail.last = request.record.position;
    return previous;
}

} // namespace

journal_writer::journal_writer(journal& into, ledger::books books, durable_observer& observer,
                               journal_writer_settings settings)
    : journal_{into},
      observer_{observer},
      settings_{std::move(settings)},
      ahead_{std::move(books)},
      position_{into.end().last},
      durable_{position_},
      shown_{ahead_} {
    EXPECTS(settings_.batch_entries_max > 0);
    if (!settings_.wall_clock) settings_.wall_clock = system_clock_now;
}

journal_writer::~journal_writer() { stop(); }

void journal_writer::connect(completion_sink& sink) noexcept {
    EXPECTS(sink_ == nullptr);
    sink_ = &sink;
}

// --- from the io threads ---

void journal_writer::submit(std::span<append_request* const> requests) {
    const std::int64_t now = steady_ns();
    for (auto* const request : requests) request->times.submitted_ns = now;
    bool wake = false;
    {
        const std::scoped_lock lock{inbox_mutex_};
        inbox_.insert(inbox_.end(), requests.begin(), requests.end());
        wake = std::exchange(sleeping_, false);
    }
    if (wake) inbox_filled_.notify_one();
}

// --- on the writer's thread ---

void journal_writer::run() {
    EXPECTS(sink_ != nullptr && !thread_.joinable());
    {
        const std::scoped_lock lock{inbox_mutex_};
        stopping_ = false;
    }
    thread_ = std::thread{[this] {
        name_this_thread("journal");
        while (wait_for_work()) step();
    }};
}

void journal_writer::stop() {
    if (!thread_.joinable()) return;
    {
        const std::scoped_lock lock{inbox_mutex_};
        stopping_ = true;
    }
    inbox_filled_.notify_one();
    thread_.join();
}

// False when it is time to end: nothing is left and nothing more is to come.
bool journal_writer::wait_for_work() {
    if (done_of_taken_ < taken_.size()) return true;
    std::unique_lock lock{inbox_mutex_};
    while (inbox_.empty() && !stopping_) {
        sleeping_ = true;
        inbox_filled_.wait(lock);
    }
    sleeping_ = false;
    return !inbox_.empty();
}

bool journal_writer::take() {
    if (done_of_taken_ < taken_.size()) return true;
    taken_.clear();
    done_of_taken_ = 0;
    const std::scoped_lock lock{inbox_mutex_};
    taken_.swap(inbox_);
    return !taken_.empty();
}

bool journal_writer::step() {
    EXPECTS(sink_ != nullptr);
    if (!take()) return false;
    const std::size_t size = std::min(taken_.size() - done_of_taken_, settings_.batch_entries_max);
    const std::span<append_request* const> batch{taken_.data() + done_of_taken_, size};
    done_of_taken_ += size;
    probes_.queued.set(taken_.size() - done_of_taken_);
    if (failed()) {
        complete(batch, append_outcome::failed);
    } else {
        commit(batch);
    }
    batches_done_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

void journal_writer::commit(std::span<append_request* const> batch) {
    const std::int64_t closed_at = steady_ns();
    entries_.clear();
    touched_.clear();
    encoded_.clear();
    for (auto* const request : batch) {
        request->times.batch_ns = closed_at;
        number(*request);
        if (request->is_barrier) continue;
        book(request->record);
        encoded_.add(request->record);
        entries_.push_back(request);
    }
    probes_.barriers.add(batch.size() - entries_.size());
    // Barriers alone wait for nothing: all that was submitted before them is durable already.
    if (entries_.empty()) return complete(batch, append_outcome::durable);
    if (auto appended = append_prepared(); !appended) {
        fail(std::move(appended.error()));
        return complete(batch, append_outcome::failed);
    }
    publish();
    observer_.durable(entries_);
    complete(batch, append_outcome::durable);
}

// Gives the entry its place in the journal and in the chains of its wallet and merchant; tells a barrier their ends.
void journal_writer::number(append_request& request) {
    ledger::entry& record = request.record;
    if (!request.is_barrier) {
        EXPECTS(!record.wallet || request.wallet_tail != nullptr);
        EXPECTS(!record.merchant || request.merchant_tail != nullptr);
        record.position = ++position_;
    }
    if (request.wallet_tail != nullptr && record.wallet)
        record.previous_of_wallet = pass_tail(*request.wallet_tail, request);
    if (request.merchant_tail != nullptr && record.merchant)
        record.previous_of_merchant = pass_tail(*request.merchant_tail, request);
}

// Folds the entry into the books ahead of its durability, and remembers whose accounts it changed: checking and showing
// those alone costs the same with one program or with one for every municipality of the country.
void journal_writer::book(const ledger::entry& record) {
    ledger::apply(ahead_, record);
    ledger::for_each_posting(record, [this](const ledger::posting& one) {
        if (touched_.empty() || touched_.back() != one.program) touched_.push_back(one.program);
    });
}

tl::expected<void, error> journal_writer::append_prepared() {
    std::ranges::sort(touched_);
    touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    for (const auto program : touched_) ENSURES(ahead_.of(program).balanced());
    const std::int64_t began = steady_ns();
    if (auto appended = journal_.append(encoded_, settings_.wall_clock()); !appended) return appended;
    probes_.commit_ns.note(steady_ns() - began);
    probes_.sync_ns.note(journal_.last_sync_ns());
    probes_.batches.note(static_cast<std::int64_t>(entries_.size()));
    probes_.bytes.add(encoded_.total_bytes());
    const auto usage = journal_.usage();
    probes_.map_used_bytes.set(usage.used_bytes);
    probes_.map_bytes.set(usage.map_bytes);
    if (const auto* const unfiled = journal_.unfiled()) probes_.unfiled_bytes.set(unfiled->waiting_bytes());
    return {};
}

void journal_writer::publish() {
    const std::scoped_lock lock{shown_mutex_};
    for (const auto program : touched_) shown_.of(program) = ahead_.of(program);
    shown_.payments_by_outcome = ahead_.payments_by_outcome;
    durable_.store(position_, std::memory_order_release);
}

void journal_writer::complete(std::span<append_request* const> batch, append_outcome outcome) {
    const std::int64_t now = steady_ns();
    for (auto* const request : batch) {
        request->times.durable_ns = now;
        request->outcome = outcome;
    }
    sink_->completed(batch);
}

void journal_writer::fail(error why) {
    const std::scoped_lock lock{shown_mutex_};
    failure_ = std::move(why);
    failed_.store(true, std::memory_order_release);
}

// --- from any thread ---

journal_writer::progress journal_writer::progressed() const {
    const std::scoped_lock lock{inbox_mutex_};
    return {batches_done_.load(std::memory_order_relaxed), sleeping_ && inbox_.empty()};
}

std::optional<error> journal_writer::failure() const {
    const std::scoped_lock lock{shown_mutex_};
    return failure_;
}

std::pair<ledger::journal_position, ledger::books> journal_writer::books_at() const {
    const std::scoped_lock lock{shown_mutex_};
    return {durable_.load(std::memory_order_relaxed), shown_};
}

} // namespace meguri::storage
