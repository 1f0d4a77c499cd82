#include "storage/checkpointer.hpp"

#include "ledger/contract.hpp"
#include "storage/recent_index.hpp"
#include "storage/steady_clock.hpp"
#include "storage/thread_name.hpp"

namespace meguri::storage {
namespace {

// With rounds due all the time, upkeep still gets this many slices between two: enough to merge what one round adds to
// each level, so that the number of runs stays bounded.
constexpr std::size_t upkeep_slices_per_round = 16;
// A slice of upkeep appends blocks of 83 keys: as many pages as a quarter of a slice of wallets.
constexpr std::size_t upkeep_share = 4;
constexpr std::chrono::milliseconds poll_interval{20};

} // namespace

tl::expected<std::unique_ptr<checkpointer>, error> checkpointer::open(state_store& state, const journal& entries,
                                                                      const key_ring& keys, recent_index* recent,
                                                                      const checkpoint_settings& settings) {
    EXPECTS(settings.slice_puts_max > 0 && settings.entries_max > 0);
    auto reader = journal_reader::make(entries);
    if (!reader) return tl::unexpected{std::move(reader.error())};
    auto within = state.begin_read();
    if (!within) return tl::unexpected{std::move(within.error())};
    auto at = get_checkpoint(*within, state.databases());
    if (!at) return tl::unexpected{std::move(at.error())};
    auto books = get_books(*within, state.databases());
    if (!books) return tl::unexpected{std::move(books.error())};
    std::unique_ptr<checkpointer> made{new checkpointer{state, std::move(*reader), keys, recent, settings}};
    made->stand_ = {at->value_or(checkpoint{}), std::move(*books)};
    made->position_.store(made->stand_.at.end.last, std::memory_order_release);
    return made;
}

checkpointer::checkpointer(state_store& state, journal_reader entries, const key_ring& keys, recent_index* recent,
                           const checkpoint_settings& settings)
    : state_{state},
      journal_{std::move(entries)},
      keys_{keys},
      recent_{recent},
      settings_{settings},
      pace_{settings.entries_max} {}

checkpointer::~checkpointer() { stop(); }

tl::expected<bool, error> checkpointer::step() {
    if (round_) return perform(job::round);
    const auto behind = waiting();
    if (!behind) return tl::unexpected{behind.error()};
    if (*behind > 0) return perform(job::round);
    return perform(upkeep_due() ? job::upkeep : job::none);
}

tl::expected<void, error> checkpointer::catch_up() {
    for (;;) {
        const auto behind = waiting();
        if (!behind) return tl::unexpected{behind.error()};
        if (*behind == 0 && !round_) return {};
        if (auto done = perform(job::round); !done) return tl::unexpected{std::move(done.error())};
    }
}

tl::expected<bool, error> checkpointer::perform(job what) {
    if (failure_) return tl::unexpected{*failure_};
    if (what == job::none) return false;
    const auto began = steady_ns();
    auto done = what == job::upkeep ? upkeep() : work_on_round();
    probes_.busy_ns.fetch_add(static_cast<std::uint64_t>(steady_ns() - began), std::memory_order_relaxed);
    probes_.map_used_bytes.store(state_.usage().used_bytes, std::memory_order_relaxed);
    if (done) return true;
    failure_ = done.error();
    round_.reset(); // its transaction ends on the thread that began it
    return tl::unexpected{std::move(done.error())};
}

tl::expected<std::uint64_t, error> checkpointer::waiting() {
    if (failure_) return tl::unexpected{*failure_};
    return journal_.last().map([this](ledger::journal_position last) { return last - stand_.at.end.last; });
}

tl::expected<void, error> checkpointer::work_on_round() {
    const auto entries = waiting();
    if (!entries) return tl::unexpected{entries.error()};
    if (!round_) {
        round_began_ = clock::now();
        pace_.begin_round(round_began_, *entries);
        round_ = std::make_unique<checkpoint_round>(state_, keys_, stand_);
    }
    round_->hurry(pace_.is_behind(*entries));
    if (round_->is_gathered()) return write_on();
    const auto whole = round_->gather(journal_, settings_.entries_max, settings_.gather_max);
    if (!whole) return tl::unexpected{whole.error()};
    return {};
}

tl::expected<void, error> checkpointer::write_on() {
    auto whole = round_->write(settings_.slice_puts_max, settings_.puts_max);
    if (!whole) return tl::unexpected{std::move(whole.error())};
    if (round_->is_committed()) probes_.slices.fetch_add(1, std::memory_order_relaxed);
    if (*whole) finish_round();
    return {};
}

// The order matters to readers: committed, then published, then no longer in the recent index.
void checkpointer::finish_round() {
    state_.idempotency().publish();
    state_.reference().publish();
    stand_ = round_->stand();
    position_.store(stand_.at.end.last, std::memory_order_release);
    if (recent_ != nullptr) recent_->forget_through(stand_.at.end.last);

    round_ended_ = clock::now();
    upkeep_left_ = upkeep_slices_per_round;
    const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(round_ended_ - round_began_);
    probes_.last_round_ns.store(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    probes_.last_finished_ms.store(std::chrono::duration_cast<std::chrono::milliseconds>(now).count(),
                                   std::memory_order_relaxed);
    probes_.rounds.fetch_add(1, std::memory_order_relaxed);
    probes_.entries.fetch_add(round_->entries(), std::memory_order_relaxed);
    probes_.puts.fetch_add(round_->puts(), std::memory_order_relaxed);
    round_.reset();
}

bool checkpointer::upkeep_due() const { return state_.idempotency().upkeep_due() || state_.reference().upkeep_due(); }

tl::expected<void, error> checkpointer::upkeep() {
    index_run_store& runs = state_.idempotency().upkeep_due() ? state_.idempotency() : state_.reference();
    auto within = state_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    slice_budget budget{std::max<std::size_t>(1, settings_.slice_puts_max / upkeep_share)};
    if (auto worked = runs.upkeep(*within, budget); !worked) return worked;
    if (auto committed = std::move(*within).commit(); !committed) return committed;
    runs.upkeep_committed();
    const auto count =
        state_.idempotency().board().current()->runs.size() + state_.reference().board().current()->runs.size();
    probes_.runs.store(count, std::memory_order_relaxed);
    return {};
}

// --- the thread ---

void checkpointer::run(std::function<void(const error&)> failed) {
    EXPECTS(!thread_.joinable());
    failed_ = std::move(failed);
    thread_ = std::thread{[this] {
        name_this_thread("checkpointer");
        loop();
    }};
}

void checkpointer::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void checkpointer::checkpoint_now() {
    {
        const std::lock_guard lock{mutex_};
        wanted_now_ = true;
    }
    wake_.notify_all();
}

void checkpointer::loop() {
    for (;;) {
        const auto next = next_job();
        const auto began = clock::now();
        const auto done = next ? perform(*next) : tl::unexpected{next.error()};
        if (!done) return failed_(done.error());
        const auto pause = *done ? rest_after(clock::now() - began) : clock::duration{poll_interval};
        std::unique_lock lock{mutex_};
        if (stopping_) break;
        wake_.wait_for(lock, pause, [this] { return stopping_ || wanted_now_; });
        if (stopping_) break;
    }
    if (const auto last = catch_up(); !last) failed_(last.error());
}

checkpointer::clock::duration checkpointer::rest_after(clock::duration work) {
    const auto behind = waiting();
    return pace_.rest_after(work, behind ? *behind : 0);
}

tl::expected<checkpointer::job, error> checkpointer::next_job() {
    if (round_) return job::round;
    if (upkeep_left_ > 0 && upkeep_due()) {
        --upkeep_left_;
        return job::upkeep;
    }
    bool wanted = false;
    {
        const std::lock_guard lock{mutex_};
        wanted = std::exchange(wanted_now_, false);
    }
    return waiting().map([&](std::uint64_t behind) {
        const bool late = clock::now() - round_ended_ >= settings_.interval;
        if (behind > 0 && (wanted || late || behind >= settings_.entries_max)) return job::round;
        return upkeep_due() ? job::upkeep : job::none;
    });
}

} // namespace meguri::storage
