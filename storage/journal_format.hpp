// What the journal's environment says about itself, beside the entries: numbers of eight bytes under names.
#pragma once

#include "storage/error.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace meguri::storage {

// 1: the entries alone. 2: a commit log may hold more of them.
inline constexpr std::uint64_t journal_format_version = 2;
inline constexpr std::string_view journal_format_key = "format_version"; // u64
// The salt of the commit log that may hold entries which are not here yet; 0 or none: all are here. u64
inline constexpr std::string_view commit_log_key = "commit_log";

using stored_number = std::array<std::byte, 8>;
[[nodiscard]] stored_number to_stored(std::uint64_t value) noexcept; // little-endian

// False where none is noted. Errors: version_too_new, corrupt, io_failed.
[[nodiscard]] tl::expected<bool, error> has_known_format(const lmdb::transaction& within, lmdb::database meta);
[[nodiscard]] tl::expected<std::uint64_t, error> commit_log_of(const lmdb::transaction& within, lmdb::database meta);

} // namespace meguri::storage
