// The files of a backup by their names, for whoever writes or reads them: errors name the file. One thread.
#pragma once

#include "storage/archive_segment.hpp"
#include "storage/backup_manifest.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <filesystem>
#include <optional>
#include <vector>

namespace meguri::storage {

class backup_folder {
public:
    explicit backup_folder(std::filesystem::path path) : path_{std::move(path)} {}

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path key_file() const;
    [[nodiscard]] std::filesystem::path file_of(const noted_segment& one) const;

    // Nothing where there is none. Errors: backup_damaged, version_too_new, io_failed.
    [[nodiscard]] tl::expected<std::optional<backup_manifest>, error> read_manifest() const;
    // Durable on return. Errors: io_failed, disk_full.
    [[nodiscard]] tl::expected<void, error> write_manifest(const backup_manifest& one) const;

    // The head of the segment's file where it has the size and the place noted; nothing where not, or where it cannot
    // be read.
    [[nodiscard]] std::optional<segment_head> head_of(const noted_segment& one) const;
    // That its file is there and has the size noted. Errors: backup_damaged, io_failed.
    [[nodiscard]] tl::expected<void, error> expect_segment(const noted_segment& one) const;
    // The segment's file, whole. Errors: backup_damaged where it is missing or not the noted one, io_failed.
    [[nodiscard]] tl::expected<std::vector<std::byte>, error> read_segment(const noted_segment& one) const;
    [[nodiscard]] tl::expected<void, error> write_segment(const noted_segment& one, bytes file) const;

    // Whether files lie there that no backup has.
    [[nodiscard]] tl::expected<bool, error> has_other_files() const;
    // Segments and unfinished files that the manifest does not name. What cannot be removed stays.
    void remove_all_but(const backup_manifest& named) const;

private:
    std::filesystem::path path_;
};

} // namespace meguri::storage
