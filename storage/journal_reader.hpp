// Reads what is durable in the journal: what waits in the commit log from memory, all else through a read transaction
// of its own that is open only while it reads. One per thread; the journal outlives it.
#pragma once

#include "storage/journal.hpp"
#include "storage/live_journal.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>

namespace meguri::storage {

class log_frame;
class unfiled_frames;

class journal_reader {
public:
    // Sees each entry in order, and may keep it; false ends the reading.
    using visitor = std::function<bool(journal_record&&)>;
    static constexpr ledger::journal_position to_the_end = std::numeric_limits<ledger::journal_position>::max();

    [[nodiscard]] static tl::expected<journal_reader, error> make(const journal& over);
    [[nodiscard]] static tl::expected<journal_reader, error> make(const live_journal& over);

    // The entry at the position. Errors: not_found, corrupt, version_too_new, io_failed.
    [[nodiscard]] tl::expected<ledger::entry, error> read(ledger::journal_position at);
    // The position of the last durable entry, 0 in an empty journal.
    [[nodiscard]] tl::expected<ledger::journal_position, error> last();
    // The end of the batch whose last entry stands at the position; the zero value for 0. Errors: not_found where no
    // batch ends there, corrupt.
    [[nodiscard]] tl::expected<chain_end, error> end_at(ledger::journal_position at);

    // Every entry from `from` through `to`, as far as there are any, in read transactions of at most 1,000 entries or
    // 10 ms: what is appended meanwhile is seen too. Errors: as read(); chain_broken where a position is missing.
    [[nodiscard]] tl::expected<void, error> read_from(ledger::journal_position from, const visitor& visit,
                                                      ledger::journal_position to = to_the_end);
    // The same of each stored record as it is: its bytes are valid during the call.
    using raw_visitor = std::function<tl::expected<bool, error>(ledger::journal_position, bytes)>;
    [[nodiscard]] tl::expected<void, error> each_raw(ledger::journal_position from, ledger::journal_position to,
                                                     const raw_visitor& visit);
    // Walks from the end of a batch through `to` (a batch's end) or to the journal's end, recomputing every hash, and
    // shows each entry to `visit` if one is given: the trailer of a batch comes after its hash was checked. Answers
    // where it arrived. Errors: chain_broken, corrupt, version_too_new with the position.
    [[nodiscard]] tl::expected<chain_end, error>
    check_chain(const chain_end& from, ledger::journal_position to = to_the_end, const visitor& visit = {});

private:
    journal_reader(lmdb::read_transaction snapshot, lmdb::database entries, const unfiled_frames* unfiled)
        : snapshot_{std::move(snapshot)},
          entries_{entries},
          unfiled_{unfiled} {
        snapshot_.reset();
    }
    [[nodiscard]] std::shared_ptr<const log_frame> unfiled_at(ledger::journal_position at) const;
    [[nodiscard]] tl::expected<journal_record, error> record_at(ledger::journal_position at);
    // What went on: nothing where the database has no more.
    struct passed {
        std::size_t records = 0;
        bool more = true;
    };
    [[nodiscard]] tl::expected<passed, error> each_unfiled(const log_frame& in, ledger::journal_position from,
                                                           ledger::journal_position to, const raw_visitor& visit);
    [[nodiscard]] tl::expected<passed, error> each_filed(ledger::journal_position from, ledger::journal_position to,
                                                         const raw_visitor& visit);

    lmdb::read_transaction snapshot_;
    lmdb::database entries_;
    const unfiled_frames* unfiled_; // null: all of it is in the database
};

} // namespace meguri::storage
