#include "storage/crc32c.hpp"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace meguri::storage {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() noexcept {
    constexpr std::uint32_t reversed_polynomial = 0x82F63B78;
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t rest = i;
        for (int bit = 0; bit < 8; ++bit) rest = (rest & 1) != 0 ? rest >> 1 ^ reversed_polynomial : rest >> 1;
        table[i] = rest;
    }
    return table;
}
constexpr auto table = make_table();

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] std::uint32_t crc32c_by_instruction(std::span<const std::byte> of) noexcept {
    std::uint64_t wide = 0xFFFFFFFF;
    const std::byte* at = of.data();
    std::size_t left = of.size();
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, at, sizeof eight);
        wide = _mm_crc32_u64(wide, eight);
    }
    auto crc = static_cast<std::uint32_t>(wide);
    for (; left > 0; ++at, --left) crc = _mm_crc32_u8(crc, static_cast<unsigned char>(*at));
    return ~crc;
}

bool has_instruction() noexcept {
    __builtin_cpu_init();
    return __builtin_cpu_supports("sse4.2") != 0;
}
#endif

} // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> of) noexcept {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const std::byte one : of) crc = crc >> 8 ^ table[(crc ^ static_cast<std::uint32_t>(one)) & 0xFF];
    return ~crc;
}

std::uint32_t crc32c(std::span<const std::byte> of) noexcept {
#if defined(__x86_64__)
    static const bool by_instruction = has_instruction();
    if (by_instruction) return crc32c_by_instruction(of);
#endif
    return crc32c_by_table(of);
}

} // namespace meguri::storage
