#include "storage/base32.hpp"

namespace meguri::storage {
namespace {

constexpr std::uint8_t no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> make_digits() noexcept {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(no_digit);
    for (std::size_t i = 0; i < base32_lower.size(); ++i)
        digits[static_cast<unsigned char>(base32_lower[i])] = static_cast<std::uint8_t>(i);
    return digits;
}
constexpr auto digits = make_digits();

} // namespace

std::optional<block128> decode_base32_block(std::string_view text) noexcept {
    if (text.size() != base32_block_chars) return std::nullopt;
    block128 block{};
    std::uint32_t held = 0;
    unsigned bits = 0;
    std::size_t next = 0;
    for (const char c : text) {
        const std::uint8_t digit = digits[static_cast<unsigned char>(c)];
        if (digit == no_digit) return std::nullopt;
        held = held << 5 | digit;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        block[next++] = static_cast<unsigned char>(held >> bits & 0xFF);
    }
    // 130 bits were read: the two that are left over are zero in what encode_base32 wrote.
    if ((held & 3) != 0) return std::nullopt;
    return block;
}

} // namespace meguri::storage
