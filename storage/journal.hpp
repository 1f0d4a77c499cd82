// The journal: the only truth, append-only, in an LMDB environment of its own. append() is the writer's alone, on its
// thread; journal_reader objects read from any other. One LMDB record per entry under its position, one synced
// transaction per batch.
#pragma once

#include "storage/chain_hash.hpp"
#include "storage/entry_codec.hpp"
#include "storage/error.hpp"
#include "storage/lmdb.hpp"
#include "storage/zeroed_room.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace meguri::storage {

struct journal_settings {
    std::filesystem::path folder; // exists; empty for a new journal
    std::size_t map_bytes = lmdb::map_bytes_default;
};

// Entries encoded one after the other, to be appended together. Reused from batch to batch.
class journal_batch {
public:
    // Contract: its position follows the one before.
    void add(const ledger::entry& one);
    void clear() noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return begins_.size(); }
    [[nodiscard]] bool empty() const noexcept { return begins_.empty(); }
    [[nodiscard]] std::size_t total_bytes() const noexcept { return encoded_.size(); }

private:
    friend class journal;
    // Chains the batch to `previous` and completes every record.
    chain_end seal(const chain_end& previous, ledger::instant now, chain_hasher& hasher);
    [[nodiscard]] std::span<std::byte> record(std::size_t index) noexcept;

    std::vector<std::byte> encoded_;
    std::vector<std::size_t> begins_;
    ledger::journal_position first_ = 0;
};

class journal {
public:
    // Makes a new one in an empty folder. Checks the last batch of an existing one, and that no position is missing by
    // their number. Errors: chain_broken, corrupt, version_too_new, io_failed, disk_full.
    [[nodiscard]] static tl::expected<journal, error> open(const journal_settings& with);

    // Durable on return. `now` is the wall clock. Contract: the batch begins right after end().last and is not empty.
    // An error is final, see lmdb::write_transaction::commit.
    [[nodiscard]] tl::expected<void, error> append(journal_batch& batch, ledger::instant now);
    // Records as another journal of the same history has them, whole batches that end at `to`: its chain was checked.
    // Durable on return. Contract: they begin right after end().last. An error is final, as of append().
    [[nodiscard]] tl::expected<void, error> append_copies(std::span<const bytes> records, const chain_end& to);
    // The synced commit of every start-up: shows that the disk takes writes before anybody is told "ready".
    [[nodiscard]] tl::expected<void, error> note_start(ledger::instant at);

    // The writer's thread, or before it runs.
    [[nodiscard]] const chain_end& end() const noexcept { return end_; }
    // How long LMDB took to commit what was appended last: its write and its two syncs, in nanoseconds.
    [[nodiscard]] std::int64_t last_sync_ns() const noexcept { return last_sync_ns_; }
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
    [[nodiscard]] lmdb::map_usage usage() const noexcept { return environment_.usage(); }

private:
    friend class journal_reader;
    journal(std::filesystem::path folder, lmdb::environment environment, zeroed_room room)
        : folder_{std::move(folder)},
          environment_{std::move(environment)},
          room_{std::move(room)} {}
    [[nodiscard]] tl::expected<void, error> open_databases();
    [[nodiscard]] tl::expected<void, error> find_end();
    [[nodiscard]] error blame(error why) const;

    std::filesystem::path folder_;
    lmdb::environment environment_;
    zeroed_room room_;
    lmdb::database entries_;
    lmdb::database meta_;
    chain_end end_;
    std::int64_t last_sync_ns_ = 0;
    chain_hasher hasher_;
    std::uint64_t appends_ = 0;
};

} // namespace meguri::storage
