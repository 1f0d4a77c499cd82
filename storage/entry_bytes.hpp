// The numbers and texts of a journal entry, out and in. One description of the fields (storage/entry_codec_layout.hpp)
// runs over either of these two, so encoding and decoding cannot drift apart.
#pragma once

#include "storage/lmdb.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace meguri::storage {

inline constexpr std::size_t varint_bytes_max = 10;

[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) noexcept {
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

// Writes into room that is known to suffice.
class entry_bytes_out {
public:
    explicit entry_bytes_out(std::byte* at) noexcept : at_{at} {}

    void u8(std::uint8_t value) noexcept { *at_++ = static_cast<std::byte>(value); }
    void u64(std::uint64_t value) noexcept {
        for (unsigned shift = 0; shift < 64; shift += 8) u8(static_cast<std::uint8_t>(value >> shift));
    }
    void varint(std::uint64_t value) noexcept {
        for (; value >= 0x80; value >>= 7) u8(static_cast<std::uint8_t>(value | 0x80));
        u8(static_cast<std::uint8_t>(value));
    }
    void text(std::string_view value) noexcept {
        varint(value.size());
        std::memcpy(at_, value.data(), value.size());
        at_ += value.size();
    }
    [[nodiscard]] std::byte* at() const noexcept { return at_; }

private:
    std::byte* at_;
};

// Reads untrusted bytes. After the first thing that is wrong everything reads as zero and wrong() says what it was.
class entry_bytes_in {
public:
    explicit entry_bytes_in(bytes from) noexcept : at_{from.data()}, end_{from.data() + from.size()} {}

    [[nodiscard]] std::uint8_t u8() noexcept {
        if (left() < 1) return fail("it ends too early"), std::uint8_t{0};
        return static_cast<std::uint8_t>(*at_++);
    }
    [[nodiscard]] std::uint64_t u64() noexcept {
        if (left() < 8) return fail("it ends too early"), std::uint64_t{0};
        std::uint64_t value = 0;
        for (unsigned i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(at_[i]) << 8 * i;
        at_ += 8;
        return value;
    }
    [[nodiscard]] std::uint64_t varint() noexcept {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            const std::uint64_t group = u8();
            value |= (group & 0x7F) << shift;
            if ((group & 0x80) != 0) continue;
            const bool shortest = group != 0 || shift == 0;
            const bool fits = shift < 63 || group <= 1;
            if (shortest && fits) return value;
            break;
        }
        return fail("a number is badly formed"), std::uint64_t{0};
    }
    [[nodiscard]] std::string_view text() noexcept {
        const std::uint64_t size = varint();
        if (size > left()) return fail("a text is longer than the record"), std::string_view{};
        const std::string_view value{reinterpret_cast<const char*>(at_), static_cast<std::size_t>(size)};
        at_ += size;
        return value;
    }
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

    void fail(const char* what) noexcept {
        if (wrong_ == nullptr) wrong_ = what;
        at_ = end_;
    }
    [[nodiscard]] const char* wrong() const noexcept { return wrong_; }

private:
    const std::byte* at_;
    const std::byte* end_;
    const char* wrong_ = nullptr;
};

} // namespace meguri::storage
