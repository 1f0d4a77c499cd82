// One-time codes of digits alone, for a phone's screen: as few bars as Code 128 can make of them (set C takes two
// digits a bar pattern), and QR's numeric mode. The first digits may be the operator's own, so that a till knows whose
// code it reads; the last one is a check digit (Luhn, ISO/IEC 7812-1 annex B) for whoever types it in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::ledger {

struct numeric_format {
    static constexpr std::size_t prefix_max = 6;
    static constexpr std::uint32_t length_min = 16;
    static constexpr std::uint32_t length_max = 32;
    // Digits that nobody can guess within the five minutes: 46 bits and more.
    static constexpr std::size_t random_min = 14;

    std::string prefix;        // digits, perhaps none
    std::uint32_t length = 20; // of the whole code, even
    friend bool operator==(const numeric_format&, const numeric_format&) = default;

    [[nodiscard]] std::size_t random_digits() const noexcept { return length - prefix.size() - 1; }
    // Null where it can be used; else what is wrong, as part of a sentence.
    [[nodiscard]] const char* wrong() const noexcept;
};

// Contract: digits alone.
[[nodiscard]] char luhn_digit(std::string_view digits) noexcept;
// Whether its last digit is the check digit of the others, at least one.
[[nodiscard]] bool has_luhn_digit(std::string_view code) noexcept;

} // namespace meguri::ledger
