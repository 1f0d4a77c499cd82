// Little-endian bytes in and out of the state store's records. Every record begins with a version byte and ends with a
// CRC32C over all before it: LMDB has no checksums of its own, and a wallet read wrongly would be money made.
#pragma once

#include "ledger/contract.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace meguri::storage {

// Appends to a buffer that is used again for the next record.
class record_writer {
public:
    record_writer(std::vector<std::byte>& out, std::uint8_t version) : out_{out} {
        out_.clear();
        number(version);
    }

    template <class Number>
    void number(Number value) {
        static_assert(std::is_integral_v<Number> && std::endian::native == std::endian::little);
        bytes(std::as_bytes(std::span{&value, 1}));
    }
    // At most 255 bytes, length first.
    void short_text(std::string_view text) {
        EXPECTS(text.size() <= 0xff);
        number(static_cast<std::uint8_t>(text.size()));
        bytes(std::as_bytes(std::span{text}));
    }
    // At most 65,535 bytes, length first.
    void text(std::string_view text) {
        EXPECTS(text.size() <= 0xffff);
        number(static_cast<std::uint16_t>(text.size()));
        bytes(std::as_bytes(std::span{text}));
    }
    void bytes(std::span<const std::byte> some);
    // Closes the record with its checksum.
    void seal();

private:
    std::vector<std::byte>& out_;
};

// Reads what record_writer wrote. After the first thing that is not there everything reads as 0, and ok() is false.
class record_reader {
public:
    // A record whose checksum or version is wrong is not ok from the start.
    record_reader(std::span<const std::byte> record, std::uint8_t version);

    template <class Number>
    [[nodiscard]] Number number() noexcept {
        static_assert(std::is_integral_v<Number>);
        const auto some = take(sizeof(Number));
        Number value = 0;
        if (!some.empty()) std::memcpy(&value, some.data(), sizeof value);
        return value;
    }
    // 0 or 1: another byte was never written.
    [[nodiscard]] bool boolean() noexcept {
        const auto byte = number<std::uint8_t>();
        if (byte > 1) ok_ = false;
        return byte == 1;
    }
    [[nodiscard]] std::string_view short_text() noexcept { return text_of(number<std::uint8_t>()); }
    [[nodiscard]] std::string_view text() noexcept { return text_of(number<std::uint16_t>()); }
    [[nodiscard]] std::span<const std::byte> bytes(std::size_t size) noexcept { return take(size); }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    // Something is left over, which a newer part of the record may be.
    [[nodiscard]] bool has_more() const noexcept { return ok_ && !rest_.empty(); }
    // All was there and nothing is left over.
    [[nodiscard]] bool complete() const noexcept { return ok_ && rest_.empty(); }
    void refuse() noexcept { ok_ = false; }

private:
    [[nodiscard]] std::span<const std::byte> take(std::size_t size) noexcept {
        if (!ok_ || rest_.size() < size) {
            ok_ = false;
            return {};
        }
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    [[nodiscard]] std::string_view text_of(std::size_t size) noexcept {
        const auto some = take(size);
        return {reinterpret_cast<const char*>(some.data()), some.size()};
    }

    std::span<const std::byte> rest_;
    bool ok_ = false;
};

// Keys of several fields are big-endian, so that LMDB's order of bytes is the order of the numbers.
template <class Number>
void append_big_endian(std::vector<std::byte>& out, Number value) {
    for (std::size_t i = sizeof(Number); i-- > 0;)
        out.push_back(static_cast<std::byte>(static_cast<std::make_unsigned_t<Number>>(value) >> (8 * i) & 0xff));
}

// The first bytes of a key as a number. Contract: they are there.
template <class Number>
[[nodiscard]] Number read_big_endian(std::span<const std::byte> key) {
    EXPECTS(key.size() >= sizeof(Number));
    std::make_unsigned_t<Number> value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        value = static_cast<std::make_unsigned_t<Number>>(static_cast<std::uint64_t>(value) << 8 |
                                                          std::to_integer<std::uint64_t>(key[i]));
    return static_cast<Number>(value);
}

// Bytes that are no record but want the same protection: themselves and their CRC32C.
void seal_bytes(std::vector<std::byte>& out, std::span<const std::byte> content);
// The content; nullopt where it is damaged.
[[nodiscard]] std::optional<std::span<const std::byte>> unsealed(std::span<const std::byte> sealed) noexcept;

} // namespace meguri::storage
