// Names of things inside the ledger: numbers that never convert into each other. Outside, ids are opaque strings
// (net/ renders them); 0 stands for "none".
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace meguri::ledger {

template <class Tag>
class strong_id {
public:
    constexpr strong_id() noexcept = default;
    constexpr explicit strong_id(std::uint64_t value) noexcept : value_{value} {}
    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return value_ != 0; }
    friend constexpr auto operator<=>(strong_id, strong_id) noexcept = default;

private:
    std::uint64_t value_ = 0;
};

using wallet_id = strong_id<struct wallet_tag>;
using merchant_id = strong_id<struct merchant_tag>;
using operator_id = strong_id<struct operator_tag>;
using staff_id = strong_id<struct staff_tag>;
using partner_id = strong_id<struct partner_tag>;

// A terminal or a shop of a merchant: the epoch (ledger/epochs.hpp) in which it was added, the merchant's number and a
// number within it, from 1. All stand in one value, so whoever has the id knows the merchant and needs no index, and
// one that a restore forgot has another id than the one that gets its number.
//
//   bits  63..48  epoch     47..16  merchant     15..0  number
class outlet_id {
public:
    static constexpr std::uint64_t per_merchant_max = 0xffff;
    static constexpr std::uint64_t merchant_max = 0xffff'ffff; // the highest merchant's number that can have outlets

    constexpr outlet_id() noexcept = default;
    constexpr explicit outlet_id(std::uint64_t value) noexcept : value_{value} {}
    // Contract: the merchant's number is merchant_max at most, the epoch's 0xffff.
    constexpr outlet_id(merchant_id merchant, std::uint16_t number, std::uint32_t epoch = 0) noexcept
        : value_{std::uint64_t{epoch} << 48 | merchant.value() << 16 | number} {}

    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
    [[nodiscard]] constexpr std::uint32_t epoch() const noexcept { return static_cast<std::uint32_t>(value_ >> 48); }
    [[nodiscard]] constexpr merchant_id merchant() const noexcept { return merchant_id{value_ >> 16 & merchant_max}; }
    [[nodiscard]] constexpr std::uint16_t number() const noexcept { return static_cast<std::uint16_t>(value_); }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return value_ != 0; }
    friend constexpr auto operator<=>(outlet_id, outlet_id) noexcept = default;

private:
    std::uint64_t value_ = 0;
};

enum class outlet_kind : std::uint8_t { terminal = 1, shop = 2 };

// A place in the journal, from 1; dense. 0: none yet.
using journal_position = std::uint64_t;

} // namespace meguri::ledger

template <class Tag>
struct std::hash<meguri::ledger::strong_id<Tag>> {
    std::size_t operator()(meguri::ledger::strong_id<Tag> id) const noexcept {
        return std::hash<std::uint64_t>{}(id.value() * 0x9E3779B97F4A7C15u);
    }
};
