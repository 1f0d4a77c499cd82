#include "storage/journal_format.hpp"

#include <string>

namespace meguri::storage {
namespace {

std::optional<std::uint64_t> from_stored(bytes value) noexcept {
    if (value.size() != sizeof(std::uint64_t)) return std::nullopt;
    std::uint64_t out = 0;
    for (std::size_t i = 8; i-- > 0;) out = out << 8 | static_cast<std::uint64_t>(value[i]);
    return out;
}

} // namespace

stored_number to_stored(std::uint64_t value) noexcept {
    stored_number out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(value >> 8 * i & 0xFF);
    return out;
}

tl::expected<bool, error> has_known_format(const lmdb::transaction& within, lmdb::database meta) {
    const auto stored = within.get(meta, bytes_of(journal_format_key));
    if (!stored) return tl::unexpected{stored.error()};
    if (!*stored) return false;
    const auto version = from_stored(**stored);
    if (version && *version > journal_format_version)
        return tl::unexpected{too_new("the journal has format", *version, journal_format_version)};
    if (version && *version != 0) return true;
    return tl::unexpected{error{errc::corrupt, "the journal's format version is damaged", 0}};
}

tl::expected<std::uint64_t, error> commit_log_of(const lmdb::transaction& within, lmdb::database meta) {
    const auto stored = within.get(meta, bytes_of(commit_log_key));
    if (!stored) return tl::unexpected{stored.error()};
    if (!*stored) return 0;
    const auto salt = from_stored(**stored);
    if (!salt) return tl::unexpected{error{errc::corrupt, "the journal's note of its commit log is damaged", 0}};
    return *salt;
}

} // namespace meguri::storage
