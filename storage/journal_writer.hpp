// Group commit: one thread that appends to the journal what gathered while it synced the batch before, and only then
// lets the answers go. submit() comes from any io thread; step(), or run() on the writer's own thread, does the rest.
// It owns the books: what no rule would accept aborts before it becomes durable.
#pragma once

#include "ledger/accounts.hpp"
#include "storage/append_request.hpp"
#include "storage/error.hpp"
#include "storage/journal.hpp"
#include "storage/journal_probes.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace meguri::storage {

// Told of every durable batch on the writer's thread, before the answers go: the recent index.
class durable_observer {
public:
    virtual ~durable_observer() = default;
    // Entries only, no barriers, in journal order.
    virtual void durable(std::span<append_request* const> entries) noexcept = 0;
};

struct journal_writer_settings {
    std::size_t batch_entries_max = 4096;
    std::function<ledger::instant()> wall_clock{}; // for recorded_at; the system's where empty
};

class journal_writer {
public:
    // The books stand at the journal's end. All references outlive the writer.
    journal_writer(journal& into, ledger::books books, durable_observer& observer,
                   journal_writer_settings settings = {});
    ~journal_writer();

    // Who gets the requests back. Once, before the first step().
    void connect(completion_sink& sink) noexcept;

    // Any thread. The requests are the writer's until they come back through the sink.
    void submit(std::span<append_request* const> requests);

    // One batch, on the calling thread: false where nothing was waiting. Not while the thread runs.
    bool step();
    void run();  // starts the thread
    void stop(); // completes everything submitted before, then ends the thread; idempotent

    // Any thread.
    [[nodiscard]] ledger::journal_position durable_position() const noexcept {
        return durable_.load(std::memory_order_acquire);
    }
    // A write or a sync failed. Final: everything from then on completes as failed, until the process is restarted.
    [[nodiscard]] bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
    [[nodiscard]] std::optional<error> failure() const;
    // For the watchdog: how many batches were done since the start, and whether nothing waits for the next.
    struct progress {
        std::uint64_t batches;
        bool idle;
    };
    [[nodiscard]] progress progressed() const;
    // The books as of a durable position.
    [[nodiscard]] std::pair<ledger::journal_position, ledger::books> books_at() const;
    [[nodiscard]] const journal_probes& probes() const noexcept { return probes_; }

private:
    [[nodiscard]] bool wait_for_work();
    bool take();
    void commit(std::span<append_request* const> batch);
    void number(append_request& request);
    void book(const ledger::entry& record);
    [[nodiscard]] tl::expected<void, error> append_prepared();
    void publish();
    void complete(std::span<append_request* const> batch, append_outcome outcome);
    void fail(error why);

    journal& journal_;
    durable_observer& observer_;
    completion_sink* sink_ = nullptr;
    journal_writer_settings settings_;

    // The writing thread's.
    ledger::books ahead_; // includes the batch that is being written
    ledger::journal_position position_;
    std::vector<append_request*> taken_;
    std::size_t done_of_taken_ = 0;
    std::vector<append_request*> entries_;      // of the batch at hand
    std::vector<ledger::program_code> touched_; // programs whose accounts the batch changed, some of them repeatedly
    journal_batch encoded_;
    std::thread thread_;

    std::atomic<ledger::journal_position> durable_;
    std::atomic<bool> failed_{false};
    std::atomic<std::uint64_t> batches_done_{0};
    journal_probes probes_;

    mutable std::mutex inbox_mutex_; // inbox_, sleeping_, stopping_
    std::condition_variable inbox_filled_;
    std::vector<append_request*> inbox_;
    bool sleeping_ = false;
    bool stopping_ = false;

    mutable std::mutex shown_mutex_; // shown_, failure_
    ledger::books shown_;            // as of durable_
    std::optional<error> failure_;
};

} // namespace meguri::storage
