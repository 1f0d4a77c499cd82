// Local government codes (全国地方公共団体コード): five digits and a check digit. A point program is named by one.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

class local_gov_code {
public:
    constexpr local_gov_code() noexcept = default;

    // Six ASCII digits; says nothing of the check digit.
    [[nodiscard]] static constexpr bool is_six_digits(std::string_view text) noexcept {
        if (text.size() != 6) return false;
        for (const char c : text)
            if (c < '0' || c > '9') return false;
        return true;
    }

    // nullopt unless six digits whose last is (11 - (sum of the first five x 6,5,4,3,2) mod 11) mod 10
    // (Ministry of Internal Affairs and Communications, 全国地方公共団体コード仕様).
    [[nodiscard]] static constexpr std::optional<local_gov_code> parse(std::string_view text) noexcept {
        if (!is_six_digits(text)) return std::nullopt;
        std::uint32_t number = 0;
        for (const char c : text) number = number * 10 + static_cast<std::uint32_t>(c - '0');
        return from_number(number);
    }

    // The same from the six digits read as a number (042021 is 42021).
    [[nodiscard]] static constexpr std::optional<local_gov_code> from_number(std::uint32_t number) noexcept {
        if (number > 999'999 || number % 10 != check_digit(number / 10)) return std::nullopt;
        return local_gov_code{number};
    }

    // A number as it is stored: six digits that perhaps nobody has, or that of a pseudo-program (ledger/undecided.hpp),
    // which lies behind all of them and is never parsed from what a caller says.
    [[nodiscard]] static constexpr local_gov_code as_stored(std::uint32_t number) noexcept {
        return local_gov_code{number};
    }
    static constexpr std::uint32_t pseudo_first = 1'000'000;
    // The same, but nullopt for six digits that are nobody's.
    [[nodiscard]] static constexpr std::optional<local_gov_code> from_stored(std::uint32_t number) noexcept {
        return number > pseudo_first ? as_stored(number) : from_number(number);
    }

    // Six digits that a caller named and that may be nobody's code: kept to be shown again in a decline.
    [[nodiscard]] static constexpr local_gov_code as_named(std::uint32_t six_digits) noexcept {
        return local_gov_code{six_digits % 1'000'000};
    }

    [[nodiscard]] static constexpr std::uint32_t check_digit(std::uint32_t first_five) noexcept {
        std::uint32_t sum = 0;
        std::uint32_t rest = first_five;
        for (std::uint32_t weight = 2; weight <= 6; ++weight, rest /= 10) sum += rest % 10 * weight;
        return (11 - sum % 11) % 10;
    }

    [[nodiscard]] constexpr std::uint32_t number() const noexcept { return number_; }
    // The city part is 000: a prefecture's own code.
    [[nodiscard]] constexpr bool is_prefecture() const noexcept { return !is_pseudo() && number_ / 10 % 1000 == 0; }
    [[nodiscard]] constexpr bool is_pseudo() const noexcept { return number_ >= pseudo_first; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return number_ != 0; }

    // Of a government's code; a pseudo-program has none.
    [[nodiscard]] constexpr std::array<char, 6> digits() const noexcept {
        std::array<char, 6> text{};
        std::uint32_t rest = number_;
        for (std::size_t i = 6; i-- > 0; rest /= 10) text[i] = static_cast<char>('0' + rest % 10);
        return text;
    }
    [[nodiscard]] std::string text() const {
        if (is_pseudo()) return std::to_string(number_);
        const auto six = digits();
        return {six.data(), six.size()};
    }

    friend constexpr auto operator<=>(local_gov_code, local_gov_code) noexcept = default;

private:
    constexpr explicit local_gov_code(std::uint32_t number) noexcept : number_{number} {}
    std::uint32_t number_ = 0;
};

// A program carries the code of the municipality or prefecture that issues it.
using program_code = local_gov_code;

} // namespace meguri::ledger

template <>
struct std::hash<meguri::ledger::local_gov_code> {
    std::size_t operator()(meguri::ledger::local_gov_code code) const noexcept { return code.number() * 0x9E3779B1u; }
};
