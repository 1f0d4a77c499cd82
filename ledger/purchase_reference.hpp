// The number under which a purchase is paid: ten digits that nobody can guess and two check digits (ISO/IEC 7064, MOD
// 97-10), typed at a counter or put before the remitter's name of a bank transfer.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

class purchase_reference {
public:
    static constexpr std::size_t length = 12;
    static constexpr std::uint64_t count = 9'999'999'999; // of numbers, from 1

    constexpr purchase_reference() noexcept = default; // none
    // As number() gave it: 1 to `count`.
    [[nodiscard]] static std::optional<purchase_reference> from_number(std::uint64_t number) noexcept;
    // Of bits as if drawn.
    [[nodiscard]] static purchase_reference drawn_by(std::uint64_t bits) noexcept;
    // Twelve digits whose check digits are right; nullopt for anything else.
    [[nodiscard]] static std::optional<purchase_reference> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr std::uint64_t number() const noexcept { return number_; } // 0: none
    [[nodiscard]] std::string text() const;                                           // Contract: it is one.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return number_ != 0; }
    friend constexpr auto operator<=>(purchase_reference, purchase_reference) noexcept = default;

private:
    constexpr explicit purchase_reference(std::uint64_t number) noexcept : number_{number} {}
    std::uint64_t number_ = 0; // its first ten digits
};

// What a line of a bank's statement says of the reference: in its own column or, where that is empty, in the first row
// of digits within the remitter's name.
struct reference_reading {
    bool is_there = false;        // digits that are meant to be one
    purchase_reference reference; // none: it is not there, or its check digits are wrong
};
[[nodiscard]] reference_reading read_reference(std::string_view column, std::string_view remitter) noexcept;

} // namespace meguri::ledger

template <>
struct std::hash<meguri::ledger::purchase_reference> {
    std::size_t operator()(meguri::ledger::purchase_reference one) const noexcept {
        return std::hash<std::uint64_t>{}(one.number());
    }
};
