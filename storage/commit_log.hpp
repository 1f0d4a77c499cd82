// The commit log (`commit.log` beside the journal's database): a file of fixed size, written with zeros when it is
// made, into which each batch goes with one direct write that is on the disk when it returns. That is the whole commit:
// no file grows, nothing of the file system's own changes, one request and one flush of the disk instead of LMDB's two
// of each. LMDB takes many batches at once later (journal_filer), and what it has synced is written over.
//
//   page 0    magic 8 | CRC32C of what follows 4 | version 4 = 1 | salt 8 | the salt before 8 | capacity 8
//   page 1..  a ring of frames (storage/log_frame.hpp), each in one piece
//
// Each start of the switch takes a new salt, after everything that the old one has was filed: so no frame of an earlier
// start is ever taken for one of this.
#pragma once

#include "storage/error.hpp"
#include "storage/log_frame.hpp"
#include "storage/open_file.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace meguri::storage {

class commit_log {
public:
    // Makes the file where there is none of this capacity, and gives it a new salt; all of it durable. `salt_before`:
    // 0, or that of the log whose frames have all been filed. Errors: disk_full, io_failed, ...
    [[nodiscard]] static tl::expected<commit_log, error> begin(const std::filesystem::path& folder,
                                                               std::uint64_t capacity_bytes, std::uint64_t salt_before);

    // The whole frames of the log with this salt that go on after `filed`, in order and without a gap. A last one that
    // is torn was never acknowledged and is left out. Errors: not_found, corrupt (a page 0 that is damaged or another
    // log's), chain_broken where one is missing before another.
    [[nodiscard]] static tl::expected<std::vector<log_frame>, error>
    frames_after(const std::filesystem::path& folder, std::uint64_t salt, ledger::journal_position filed);

    // The last position in the log with this salt, while a switch may be writing it; 0: none, or the log has another
    // salt. Errors: not_found, corrupt.
    [[nodiscard]] static tl::expected<ledger::journal_position, error> newest(const std::filesystem::path& folder,
                                                                              std::uint64_t salt);

    // On the disk when it returns. `place`: a multiple of page_bytes within the capacity. An error is final: nobody
    // knows what reached the disk.
    [[nodiscard]] tl::expected<void, error> write(const log_frame& one, std::uint64_t place);

    [[nodiscard]] std::uint64_t salt() const noexcept { return salt_; }
    [[nodiscard]] std::uint64_t capacity_bytes() const noexcept { return capacity_; }

private:
    commit_log(open_file file, std::uint64_t salt, std::uint64_t capacity) noexcept
        : file_{std::move(file)},
          salt_{salt},
          capacity_{capacity} {}

    open_file file_;
    std::uint64_t salt_;
    std::uint64_t capacity_;
};

} // namespace meguri::storage
