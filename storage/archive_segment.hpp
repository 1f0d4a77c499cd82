// One file of a backup: a stretch of the journal in whole batches, every entry's bytes as they stand there. It says
// itself where it belongs, so that segments can be checked one by one and from one to the next. All numbers are
// little-endian.
//
//   offset  size  field
//        0     8  "meguriSG"
//        8     4  version = 1
//       12     4  zero
//       16     8  the ledger, as its first entry names it
//       24     8  first position
//       32     8  entries, at least 1
//       40     8  size of the entries' part in bytes
//       48     8  recorded_at of the batch before, ms since 1970; 0 where there is none
//       56     8  recorded_at of the last batch
//       64    32  chain hash before the first entry; zeros where there is none
//       96    32  chain hash after the last entry
//      128        the entries' part: for each its length 4 and its record (storage/entry_codec.hpp)
//      end    32  BLAKE2b-256 of everything before
#pragma once

#include "storage/chain_hash.hpp"
#include "storage/error.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace meguri::storage {

inline constexpr std::size_t segment_head_bytes = 128;

struct segment_head {
    std::uint64_t ledger = 0;
    chain_end before; // the end of the batch before the first entry
    chain_end after;  // the end of the last batch
    std::uint64_t entries_bytes = 0;

    [[nodiscard]] ledger::journal_position first() const noexcept { return before.last + 1; }
    [[nodiscard]] std::uint64_t entries() const noexcept { return after.last - before.last; }
    [[nodiscard]] std::uint64_t file_bytes() const noexcept {
        return segment_head_bytes + entries_bytes + sizeof(chain_hash);
    }
    friend bool operator==(const segment_head&, const segment_head&) = default;
};

// `segment-<first position>-<last position>.mgs`, 20 digits each. What stands at these positions never changes, so
// neither does a file under this name.
[[nodiscard]] std::string segment_file_name(ledger::journal_position first, ledger::journal_position last);

// Makes a segment's file in memory.
class segment_builder {
public:
    segment_builder(std::uint64_t ledger, const chain_end& before);

    // The next entry's record.
    void add(bytes record);
    // All that was added so far are whole batches that end here.
    void end_batch(const chain_end& at) noexcept;
    // Where the last whole batch ended; the same as `before` while there is none.
    [[nodiscard]] const segment_head& head() const noexcept { return head_; }

    // The file's bytes; what was added after the last whole batch is left out. Contract: there is one.
    [[nodiscard]] std::vector<std::byte> finish() &&;

private:
    segment_head head_;
    std::vector<std::byte> file_;
};

// A segment's file that was read; the views are of the file's bytes.
struct segment_view {
    segment_head head;
    bytes entries;
    chain_hash hash{}; // of the file
};

// From the file's first bytes, at least segment_head_bytes of them. Errors: backup_damaged, version_too_new.
[[nodiscard]] tl::expected<segment_head, error> parse_segment_head(bytes file);
// Checks the sizes and the file's hash, not the entries. Errors: as parse_segment_head().
[[nodiscard]] tl::expected<segment_view, error> parse_segment(bytes file);
// Checks every entry's checksum and place, and recomputes the chain from the segment's beginning to its end. Answers
// with the records as they are, and shows the end of each batch to `each_batch` if one is given. Errors:
// backup_damaged, version_too_new, with the position.
using batch_visitor = std::function<void(const chain_end&)>;
[[nodiscard]] tl::expected<std::vector<bytes>, error> check_entries(const segment_view& segment,
                                                                    const batch_visitor& each_batch = {});

} // namespace meguri::storage
