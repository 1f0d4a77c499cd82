// The journal: the only truth, append-only, in an LMDB environment of its own. append() is the writer's alone, on its
// thread; journal_reader objects read from any other. One LMDB record per entry under its position.
//
// While a switch runs, a batch is durable in the commit log (storage/commit_log.hpp), and file() brings what has
// gathered there into LMDB, many batches in one synced transaction. Without a log each batch is such a transaction.
// open() files first what an earlier run left in the log, so that between runs LMDB has everything.
#pragma once

#include "storage/chain_hash.hpp"
#include "storage/error.hpp"
#include "storage/journal_batch.hpp"
#include "storage/lmdb.hpp"
#include "storage/zeroed_room.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace meguri::storage {

struct journal_settings {
    std::filesystem::path folder; // exists; empty for a new journal
    std::size_t map_bytes = lmdb::map_bytes_default;
};

inline constexpr std::uint64_t commit_log_bytes_default = 8 << 20;

struct log_front;
class unfiled_frames;

// What one file() brought into LMDB.
struct filing {
    std::size_t entries = 0;
    std::uint64_t bytes = 0; // of their records
    std::int64_t took_ns = 0;
};

class journal {
public:
    // Makes a new one in an empty folder. Checks the last batch of an existing one, and that no position is missing by
    // their number; files what a commit log has more. Errors: chain_broken, corrupt, version_too_new, io_failed,
    // disk_full.
    [[nodiscard]] static tl::expected<journal, error> open(const journal_settings& with);
    ~journal();
    journal(journal&&) noexcept;
    journal& operator=(journal&&) noexcept;

    // From now on batches go to a commit log of this capacity, a multiple of 4,096 bytes. Before the writer runs; once.
    // Errors: disk_full, io_failed, ...
    [[nodiscard]] tl::expected<void, error> begin_log(std::uint64_t capacity_bytes);
    // Files everything and lets the log go: LMDB alone is the journal again. After the writer has stopped; nothing
    // where there is no log. An error loses nothing: the next open() files the rest.
    [[nodiscard]] tl::expected<void, error> end_log();

    // Durable on return. `now` is the wall clock. Contract: the batch begins right after end().last and is not empty.
    // An error is final, see lmdb::write_transaction::commit; so is one of file(), which append() then gives.
    [[nodiscard]] tl::expected<void, error> append(journal_batch& batch, ledger::instant now);
    // Brings what waits in the log into LMDB, in one synced transaction. Any thread, one after the other; the writer
    // does it itself where the log is full. An error is final: every later call gives it again.
    [[nodiscard]] tl::expected<filing, error> file();
    // What waits in the log; null where there is none.
    [[nodiscard]] unfiled_frames* unfiled() const noexcept;
    // Records as another journal of the same history has them, whole batches that end at `to`: its chain was checked.
    // Durable on return. Contract: they begin right after end().last. An error is final, as of append().
    [[nodiscard]] tl::expected<void, error> append_copies(std::span<const bytes> records, const chain_end& to);
    // The synced commit of every start-up: shows that the disk takes writes before anybody is told "ready".
    [[nodiscard]] tl::expected<void, error> note_start(ledger::instant at);

    // The writer's thread, or before it runs.
    [[nodiscard]] const chain_end& end() const noexcept { return end_; }
    // How long the disk took to take what was appended last: the write to the log, or LMDB's write and its two syncs.
    [[nodiscard]] std::int64_t last_sync_ns() const noexcept { return last_sync_ns_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    [[nodiscard]] lmdb::map_usage usage() const noexcept { return environment_.usage(); }

private:
    friend class journal_reader;
    journal(std::filesystem::path folder, lmdb::environment environment, zeroed_room room);
    [[nodiscard]] tl::expected<void, error> open_databases();
    [[nodiscard]] tl::expected<void, error> find_end();
    [[nodiscard]] tl::expected<void, error> file_what_was_left();
    [[nodiscard]] tl::expected<std::int64_t, error> append_to_log(const journal_batch& batch);
    [[nodiscard]] tl::expected<std::int64_t, error> append_directly(const journal_batch& batch);
    template <class RecordAt>
    [[nodiscard]] tl::expected<std::int64_t, error> commit(ledger::journal_position first, std::size_t count,
                                                           std::uint64_t total_bytes, const RecordAt& record_at);
    [[nodiscard]] tl::expected<void, error> note(std::string_view key, std::uint64_t value);
    [[nodiscard]] error blame(error why) const;

    std::filesystem::path folder_;
    lmdb::environment environment_;
    zeroed_room room_;
    lmdb::database entries_;
    lmdb::database meta_;
    chain_end end_;
    std::int64_t last_sync_ns_ = 0;
    chain_hasher hasher_;
    std::uint64_t commits_ = 0;
    std::uint64_t salt_ = 0;           // of the log that LMDB knows of
    std::unique_ptr<log_front> front_; // its own address stays: readers keep it
};

} // namespace meguri::storage
