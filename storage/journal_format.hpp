// What the journal's environment says about itself, beside the entries: numbers of eight bytes under names.
#pragma once

#include "storage/error.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace meguri::storage {

inline constexpr std::uint64_t journal_format_version = 1;
inline constexpr std::string_view journal_format_key = "format_version"; // u64

using stored_number = std::array<std::byte, 8>;
[[nodiscard]] stored_number to_stored(std::uint64_t value) noexcept; // little-endian

// False where none is noted. Errors: version_too_new, corrupt, io_failed.
[[nodiscard]] tl::expected<bool, error> has_known_format(const lmdb::transaction& within, lmdb::database meta);

} // namespace meguri::storage
