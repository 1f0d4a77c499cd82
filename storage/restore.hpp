// `meguri restore`: a ledger made again from what `meguri backup` wrote. Called by main on its own thread.
#pragma once

#include "ledger/calendar.hpp"
#include "storage/error.hpp"
#include "storage/restore_point.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace meguri::storage {

struct restore_report {
    ledger::journal_position entries = 0; // kept of the backup
    ledger::instant recorded_at;          // the last one of them
    std::uint32_t epoch = 0;              // that begins after them
    bool is_whole = true;                 // the backup has no more

    [[nodiscard]] std::string text() const; // a line for people
};

// Makes the ledger in `to`, a new or empty folder, as it stood at `point`: every segment up to there is checked (its
// hash, each entry's checksum, the chain from the first entry on), the journal is written from them
// (storage/journal_refill.hpp), and the state store is made from it as at any start. Then an epoch begins
// (ledger/epochs.hpp), always: nobody knows what a ledger acknowledged after its backup was taken. `now` is the wall
// clock. All of it happens beside `to`, in `<to>.restoring`, which takes its place in the end; after an error nothing
// of it is left, and what a killed run left there is removed by the next. Errors: not_a_backup; backup_damaged, with
// the file and its first position; not_in_backup; not_empty; locked by another restore; key_exposed; io_failed,
// disk_full.
[[nodiscard]] tl::expected<restore_report, error> restore(const std::filesystem::path& from,
                                                          const std::filesystem::path& to, const restore_point& point,
                                                          ledger::instant now);

} // namespace meguri::storage
