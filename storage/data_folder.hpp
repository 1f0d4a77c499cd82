// The folder of one ledger, locked for this process as long as the object lives. LMDB itself would admit a second
// process.
//
//   lock       flock(2), with the pid of its holder
//   key        32 random bytes, mode 0600: keys, codes, digests and ids derive from it
//   journal/   the LMDB environment of the journal: the only truth
//   state/     the LMDB environment of the state store: derived, can be thrown away
#pragma once

#include "storage/error.hpp"
#include "storage/open_file.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <utility>

namespace meguri::storage {

class data_folder {
public:
    // Makes the folder where it does not exist, its sub-folders and its key. Errors: not_empty, locked, disk_full, ...
    [[nodiscard]] static tl::expected<data_folder, error> init(const std::filesystem::path& path);
    // Errors: not_a_ledger, locked (names the other process), reserve_missing where less than `reserve_bytes` is free.
    [[nodiscard]] static tl::expected<data_folder, error> open(const std::filesystem::path& path,
                                                               std::uint64_t reserve_bytes = 0);

    [[nodiscard]] std::filesystem::path journal() const { return path_ / "journal"; }
    [[nodiscard]] std::filesystem::path state() const { return path_ / "state"; }
    [[nodiscard]] std::filesystem::path key_file() const { return path_ / "key"; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    // What this user can still write to the file system.
    [[nodiscard]] tl::expected<std::uint64_t, error> free_bytes() const;

private:
    data_folder(std::filesystem::path path, open_file lock) : path_{std::move(path)}, lock_{std::move(lock)} {}
    [[nodiscard]] static tl::expected<data_folder, error> lock(const std::filesystem::path& path);
    [[nodiscard]] tl::expected<void, error> fill();

    std::filesystem::path path_;
    open_file lock_;
};

} // namespace meguri::storage
