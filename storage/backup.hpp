// `meguri backup`: a copy of the journal and the key file, taken while a switch may be running on the ledger, from a
// process of its own. The state store is not copied: it is derived from the journal. Run again into the same folder it
// adds what is new.
//
//   lock            flock(2): one backup at a time
//   key             the ledger's key file, mode 0600
//   segment-*.mgs   the journal, see storage/archive_segment.hpp
//   manifest.json   which segments the backup consists of, see storage/backup_manifest.hpp
//
// Nothing that the manifest names is ever written over, and it is replaced by a rename when all that it names is on the
// disk: a run that ends in the middle leaves the backup of the run before.
#pragma once

#include "ledger/calendar.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace meguri::storage {

struct backup_settings {
    std::uint64_t segment_entries_max = 100'000; // a batch of the journal that is larger is not cut
};

struct backup_report {
    ledger::journal_position entries = 0; // in the backup
    ledger::instant recorded_at;          // the last one of them
    std::size_t segments = 0;
    std::size_t segments_written = 0; // by this run
    std::uint64_t bytes_written = 0;

    [[nodiscard]] std::string text() const; // a line for people
};

// Everything that was acknowledged before the call is in the backup, on the disk on return. Makes `to` where it is not
// there. A segment that is missing, or by its size and head another one, is written anew. Errors: not_a_ledger,
// key_exposed; not_empty where `to` holds something else; backup_foreign; backup_damaged (its manifest); locked by
// another backup; chain_broken and corrupt where the journal is damaged, with the position; io_failed, disk_full.
[[nodiscard]] tl::expected<backup_report, error>
back_up(const std::filesystem::path& ledger, const std::filesystem::path& to, const backup_settings& settings = {});

} // namespace meguri::storage
