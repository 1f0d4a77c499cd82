// The folder of one ledger, locked for this process as long as the object lives. LMDB itself would admit a second
// process.
//
//   lock       flock(2), with the pid of its holder
//   key        32 random bytes, mode 0600: keys, codes, digests and ids derive from it
//   journal/   the journal, the only truth: an LMDB environment, and the commit log that goes before it
//   state/     the LMDB environment of the state store: derived, can be thrown away
#pragma once

#include "storage/error.hpp"
#include "storage/folder_lock.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <utility>

namespace meguri::storage {

class data_folder {
public:
    // Makes the folder where it does not exist, its sub-folders and its key: a copy of `key_from` where that is named,
    // else a new one. Errors: not_empty, locked, disk_full, ...; as of key_ring::copy().
    [[nodiscard]] static tl::expected<data_folder, error> init(const std::filesystem::path& path,
                                                               const std::filesystem::path& key_from = {});
    // Errors: not_a_ledger, locked (names the other process), reserve_missing where less than `reserve_bytes` is free.
    [[nodiscard]] static tl::expected<data_folder, error> open(const std::filesystem::path& path,
                                                               std::uint64_t reserve_bytes = 0);

    // For who only reads beside a running switch. Errors: not_a_ledger.
    [[nodiscard]] static tl::expected<void, error> expect_ledger(const std::filesystem::path& path);
    [[nodiscard]] static std::filesystem::path journal_of(const std::filesystem::path& path) {
        return path / "journal";
    }
    [[nodiscard]] static std::filesystem::path state_of(const std::filesystem::path& path) { return path / "state"; }
    [[nodiscard]] static std::filesystem::path key_file_of(const std::filesystem::path& path) { return path / "key"; }

    [[nodiscard]] std::filesystem::path journal() const { return journal_of(path_); }
    [[nodiscard]] std::filesystem::path state() const { return state_of(path_); }
    [[nodiscard]] std::filesystem::path key_file() const { return key_file_of(path_); }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    // What this user can still write to the file system.
    [[nodiscard]] tl::expected<std::uint64_t, error> free_bytes() const;

private:
    data_folder(std::filesystem::path path, folder_lock lock) : path_{std::move(path)}, lock_{std::move(lock)} {}
    [[nodiscard]] static tl::expected<data_folder, error> lock(const std::filesystem::path& path);
    [[nodiscard]] tl::expected<void, error> fill(const std::filesystem::path& key_from);

    std::filesystem::path path_;
    folder_lock lock_;
};

} // namespace meguri::storage
