// The first half of a restore: the journal, written again from a backup's segments, which are checked on the way, up to
// the point that is wanted. Whole batches are copied byte for byte, with their hashes. Where the cut goes through a
// batch, the entries that are kept of it become a batch of their own, recorded when theirs was: their bytes stay, only
// the last one gets the trailer, with a new hash. One thread.
#pragma once

#include "ledger/calendar.hpp"
#include "storage/backup_folder.hpp"
#include "storage/journal.hpp"
#include "storage/restore_point.hpp"

#include <tl/expected.hpp>

#include <span>
#include <vector>

namespace meguri::storage {

class journal_refill {
public:
    // Whether the backup reaches the point, as far as its manifest and its files' heads tell, and has the files that it
    // takes. Errors: not_in_backup, backup_damaged, io_failed.
    [[nodiscard]] static tl::expected<journal_refill, error>
    prepare(const backup_folder& from, const backup_manifest& manifest, const restore_point& to);

    // Fills a new journal. Errors: backup_damaged, with the file and its first position; not_in_backup where the first
    // batch is later than the instant; io_failed, disk_full.
    [[nodiscard]] tl::expected<void, error> fill(journal& into);
    // Up to where the journal's batches are the backup's. Once it is filled.
    [[nodiscard]] ledger::journal_position same_through() const noexcept { return same_through_; }

private:
    // A segment's file, its records as views of it, and where its batches end.
    struct opened_segment {
        std::vector<std::byte> file;
        std::vector<bytes> records;
        std::vector<chain_end> batches;
    };

    journal_refill(const backup_folder& from, const backup_manifest& manifest, const restore_point& to)
        : from_{from},
          manifest_{manifest},
          to_{to} {}
    [[nodiscard]] tl::expected<void, error> expect_point() const;
    [[nodiscard]] bool may_hold_some(const noted_segment& one) const;
    [[nodiscard]] bool is_wanted(const chain_end& batch) const noexcept;
    [[nodiscard]] tl::expected<opened_segment, error> open(const noted_segment& noted, const chain_end& before) const;
    [[nodiscard]] tl::expected<void, error> copy(const opened_segment& segment, journal& into);
    // The entries up to the wanted one, of a batch that goes on after it.
    [[nodiscard]] tl::expected<void, error> copy_part(std::span<const bytes> records, ledger::instant recorded_at,
                                                      journal& into) const;

    const backup_folder& from_;
    const backup_manifest& manifest_;
    restore_point to_;
    std::vector<noted_segment> segments_; // those that may hold something that is wanted
    ledger::journal_position same_through_ = 0;
    bool is_cut_ = false; // what follows is not wanted
};

} // namespace meguri::storage
