// The checkpointer: follows the journal, never the actors, and brings the state store and its indexes after it, in
// rounds of many entries and slices of few puts, so that no write transaction keeps the disk busy for long. Runs on a
// thread of its own, or is stepped by tests and by recovery; everything but the atomics belongs to that thread.
//
//   round: gather entries -> wallets -> merchants -> codes and keys -> index runs -> last slice: registry, books,
//          run directory, checkpoint -> publish the position -> empty the recent index
//   between rounds: index runs are merged and what is left of merged ones is deleted, a slice at a time
//
// Every record carries the position of the last entry applied to it and a round skips what is not newer, so after a
// crash in the middle the same journal brings the same bytes. A write that fails is final.
#pragma once

#include "storage/act_index.hpp"
#include "storage/checkpoint_pace.hpp"
#include "storage/checkpoint_round.hpp"
#include "storage/error.hpp"
#include "storage/journal_reader.hpp"

#include <tl/expected.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace meguri::storage {

class recent_index;
class state_store;

struct checkpoint_settings {
    std::size_t entries_max = 100'000; // a round begins when so many wait, or after the interval
    std::chrono::milliseconds interval{10'000};
    std::size_t slice_puts_max = 4'000;
    std::size_t gather_max = 1'000; // entries that are read and decoded in one piece of work
    std::size_t puts_max = 500;     // that are made in one, within a slice
};

// Written by the checkpointer's thread, read by any.
struct checkpoint_probes {
    std::atomic<std::uint64_t> rounds{0};
    std::atomic<std::uint64_t> slices{0};
    std::atomic<std::uint64_t> entries{0};
    std::atomic<std::uint64_t> puts{0};
    std::atomic<std::uint64_t> busy_ns{0}; // spent in slices and gathering, waiting for the core included
    std::atomic<std::uint64_t> last_round_ns{0};
    std::atomic<std::int64_t> last_finished_ms{0}; // wall clock, Unix milliseconds; 0: none yet
    std::atomic<std::uint64_t> runs{0};            // index runs of all levels that a look-up passes
    std::atomic<std::uint64_t> map_used_bytes{0};
};

class checkpointer {
public:
    // Reads where the state store stands. `recent` may be null (verify, tests). All references outlive the
    // checkpointer.
    [[nodiscard]] static tl::expected<std::unique_ptr<checkpointer>, error>
    open(state_store& state, const journal& entries, const key_ring& keys, recent_index* recent,
         const checkpoint_settings& settings = {});
    ~checkpointer();
    checkpointer(const checkpointer&) = delete;
    checkpointer& operator=(const checkpointer&) = delete;

    // One piece of work: reading or writing a part of a round, or one slice of upkeep. Returns whether there was any.
    // Not while the thread runs. After an error nothing is written any more: every further step gives the same error.
    [[nodiscard]] tl::expected<bool, error> step();
    // Steps until the state store is the journal's durable prefix of now; upkeep is left for later.
    [[nodiscard]] tl::expected<void, error> catch_up();
    // Before the first round: what an older program's rounds left out.
    [[nodiscard]] tl::expected<void, error> make_up(journal_reader& entries) {
        return complete_acts(state_, entries, stand_.at.end.last);
    }

    // The thread. `failed` is called on it, once, if a step fails.
    void run(std::function<void(const error&)> failed);
    // Ends the thread after a last checkpoint of everything durable. Idempotent.
    void stop();
    // Begins a round now instead of at the interval's end. Any thread.
    void checkpoint_now();

    // Everything at or before it is in the state store. Any thread.
    [[nodiscard]] ledger::journal_position position() const noexcept {
        return position_.load(std::memory_order_acquire);
    }
    [[nodiscard]] const checkpoint_probes& probes() const noexcept { return probes_; }

    // Where the state store stands. The checkpointer's thread, or before it runs.
    [[nodiscard]] const checkpoint_stand& stand() const noexcept { return stand_; }

private:
    using clock = std::chrono::steady_clock;
    enum class job : std::uint8_t { none, round, upkeep };

    checkpointer(state_store& state, journal_reader entries, const key_ring& keys, recent_index* recent,
                 const checkpoint_settings& settings);
    [[nodiscard]] tl::expected<void, error> work_on_round();
    [[nodiscard]] tl::expected<void, error> write_on();
    [[nodiscard]] tl::expected<void, error> upkeep();
    [[nodiscard]] tl::expected<bool, error> perform(job what);
    [[nodiscard]] tl::expected<std::uint64_t, error> waiting(); // entries after the checkpoint
    [[nodiscard]] bool upkeep_due() const;
    void finish_round();

    void loop();
    [[nodiscard]] clock::duration rest_after(clock::duration work);
    [[nodiscard]] tl::expected<job, error> next_job();

    state_store& state_;
    journal_reader journal_;
    const key_ring& keys_;
    recent_index* const recent_;
    const checkpoint_settings settings_;

    checkpoint_stand stand_;
    std::unique_ptr<checkpoint_round> round_; // none between rounds
    checkpoint_pace pace_;
    std::size_t upkeep_left_ = 0; // slices before the next round, if it is due already
    clock::time_point round_began_{};
    clock::time_point round_ended_ = clock::now();
    std::optional<error> failure_;

    std::atomic<ledger::journal_position> position_{0};
    checkpoint_probes probes_;

    std::mutex mutex_; // stopping_, wanted_now_
    std::condition_variable wake_;
    bool stopping_ = false;
    bool wanted_now_ = false;
    std::thread thread_;
    std::function<void(const error&)> failed_;
};

} // namespace meguri::storage
