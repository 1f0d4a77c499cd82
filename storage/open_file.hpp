// A file descriptor with an owner, and the few system calls on it that starting up needs.
#pragma once

#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace meguri::storage {

class open_file {
public:
    // As open(2), never inherited by a child process. Errors: not_found, not_empty where it exists already, io_failed,
    // ...
    [[nodiscard]] static tl::expected<open_file, error> open(const std::filesystem::path& path, int flags,
                                                             unsigned mode = 0);
    open_file(open_file&& from) noexcept : descriptor_{std::exchange(from.descriptor_, -1)} {}
    open_file& operator=(open_file&& from) noexcept {
        std::swap(descriptor_, from.descriptor_);
        return *this;
    }
    ~open_file();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] tl::expected<std::uint64_t, error> size() const; // in bytes
    // As many bytes as there are, at most the room given, from the beginning.
    [[nodiscard]] tl::expected<std::size_t, error> read(std::span<std::byte> room) const;
    [[nodiscard]] tl::expected<void, error> write(std::span<const std::byte> all) const;
    [[nodiscard]] tl::expected<void, error> sync() const;

private:
    explicit open_file(int descriptor) noexcept : descriptor_{descriptor} {}
    int descriptor_;
};

// All of a file, with nothing left out at its end. Errors: not_found, io_failed.
[[nodiscard]] tl::expected<std::vector<std::byte>, error> read_file(const std::filesystem::path& path);
// A whole file under its name, durable once the folder is synced: under `<name>.new` until it is. One that has the name
// already is replaced. Only the owner can read it. Errors: io_failed, disk_full, read_only.
[[nodiscard]] tl::expected<void, error> write_file(const std::filesystem::path& path, std::span<const std::byte> all);
// Makes the names in a folder durable.
[[nodiscard]] tl::expected<void, error> sync_folder(const std::filesystem::path& folder);

} // namespace meguri::storage
