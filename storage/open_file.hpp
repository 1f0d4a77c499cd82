// A file descriptor with an owner, and the few system calls on it that starting up needs.
#pragma once

#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>

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
    // As many bytes as there are, at most the room given, from the beginning.
    [[nodiscard]] tl::expected<std::size_t, error> read(std::span<std::byte> room) const;
    [[nodiscard]] tl::expected<void, error> write(std::span<const std::byte> all) const;
    [[nodiscard]] tl::expected<void, error> sync() const;

private:
    explicit open_file(int descriptor) noexcept : descriptor_{descriptor} {}
    int descriptor_;
};

// Makes the names in a folder durable.
[[nodiscard]] tl::expected<void, error> sync_folder(const std::filesystem::path& folder);

} // namespace meguri::storage
