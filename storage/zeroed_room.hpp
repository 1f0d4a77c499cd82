// Keeps the next stretch of a growing file written with zeros. What goes over it later needs no new block and no record
// in the file system's own journal, so its sync is a write and a flush: on ext4 on a virtual disk, 16 KiB and LMDB's
// meta page took 0.33 ms and 0.14 ms of CPU instead of 0.47 and 0.21 (p50; `plain_fdatasync` of
// bench/journal_benchmark.cpp compares the two). A stretch that is only reserved (fallocate) makes it slower, 0.8 to 4
// ms: each write turns a piece of it into a written one.
#pragma once

#include "storage/error.hpp"
#include "storage/open_file.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>

namespace meguri::storage {

class zeroed_room {
public:
    // The file exists. Errors: not_found, io_failed.
    [[nodiscard]] static tl::expected<zeroed_room, error> of(const std::filesystem::path& file);

    // Zeros from the file's end on, where what is used and what is about to be added come near it. Nobody else writes
    // the file meanwhile. Does nothing where the disk has little room left, and after an error: the file then grows by
    // itself, and who writes it learns what is wrong. The zeros are not synced.
    void ahead_of(std::uint64_t used_bytes, std::uint64_t added_bytes) noexcept;

private:
    explicit zeroed_room(open_file file) noexcept : file_{std::move(file)} {}
    [[nodiscard]] bool has_spare_disk() const noexcept;

    open_file file_;
    std::uint64_t end_ = 0; // of the zeros; nothing beyond was ever written
    bool is_given_up_ = false;
};

} // namespace meguri::storage
