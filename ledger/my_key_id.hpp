// A MyKey ID (マイキーID): the eight characters by which a person is known outside. A wallet has one at a time at most,
// drawn at random first. It may be changed once into one that its person wishes; after three wishes that others had
// before, one is drawn for it instead. One that was revoked or changed away is never given out again.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

class my_key_id {
public:
    static constexpr std::size_t length = 8;
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    static constexpr std::uint64_t count = 2'821'109'907'456; // 36^8

    constexpr my_key_id() noexcept = default; // none
    // Eight of [A-Z0-9]; nullopt for anything else.
    [[nodiscard]] static std::optional<my_key_id> parse(std::string_view text) noexcept;
    // As number() gave it: 1 to `count`.
    [[nodiscard]] static std::optional<my_key_id> from_number(std::uint64_t number) noexcept;
    // Of bits as if drawn: all ids are alike likely, but for less than one in a million.
    [[nodiscard]] static my_key_id drawn_by(std::uint64_t bits) noexcept;

    [[nodiscard]] constexpr std::uint64_t number() const noexcept { return number_; } // 0: none
    [[nodiscard]] std::string text() const;                                           // Contract: it is one.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return number_ != 0; }
    friend constexpr auto operator<=>(my_key_id, my_key_id) noexcept = default;

private:
    constexpr explicit my_key_id(std::uint64_t number) noexcept : number_{number} {}
    std::uint64_t number_ = 0; // one more than its digits in base 36 say
};

// So many wishes for each ID that was drawn.
inline constexpr std::uint32_t my_key_wishes_max = 3;

} // namespace meguri::ledger

template <>
struct std::hash<meguri::ledger::my_key_id> {
    std::size_t operator()(meguri::ledger::my_key_id id) const noexcept {
        return std::hash<std::uint64_t>{}(id.number());
    }
};
