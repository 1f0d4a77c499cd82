// 128 bits as 26 characters of Crockford's base32, highest bits first: no letters that look like digits. Lower case for
// ids, upper case for codes that people type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace meguri::storage {

inline constexpr std::string_view base32_lower = "0123456789abcdefghjkmnpqrstvwxyz";
inline constexpr std::string_view base32_upper = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
inline constexpr std::size_t base32_block_chars = 26;

using block128 = std::array<unsigned char, 16>;

// Five bits a character; the last of `out` is filled up with zero bits where `from` ends.
inline void encode_base32(std::span<const unsigned char> from, std::string_view alphabet,
                          std::span<char> out) noexcept {
    std::uint32_t held = 0;
    unsigned bits = 0;
    std::size_t next = 0;
    for (char& c : out) {
        if (bits < 5) {
            held = held << 8 | (next < from.size() ? from[next] : 0U);
            ++next;
            bits += 8;
        }
        bits -= 5;
        c = alphabet[held >> bits & 31];
    }
}

// nullopt unless 26 lower-case characters that encode 128 bits.
[[nodiscard]] std::optional<block128> decode_base32_block(std::string_view text) noexcept;

} // namespace meguri::storage
