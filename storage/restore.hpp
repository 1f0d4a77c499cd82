// `meguri restore`: a ledger made again from what `meguri backup` wrote. Called by main on its own thread.
#pragma once

#include "ledger/calendar.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

namespace meguri::storage {

struct restore_report {
    ledger::journal_position entries = 0;
    ledger::instant recorded_at; // the last one of them

    [[nodiscard]] std::string text() const; // a line for people
};

// Makes the ledger in `to`, a new or empty folder: every segment is checked (its hash, each entry's checksum, the chain
// from the first entry to the last), the journal is written from them, byte for byte, and the state store is made from
// it as at any start. All of it happens beside `to`, in `<to>.restoring`, which takes its place in the end; after an
// error nothing of it is left, and what a killed run left there is removed by the next. Errors: not_a_backup;
// backup_damaged, with the file and its first position; not_empty; locked by another restore; key_exposed; io_failed,
// disk_full.
[[nodiscard]] tl::expected<restore_report, error> restore(const std::filesystem::path& from,
                                                          const std::filesystem::path& to);

} // namespace meguri::storage
