#include "ledger/purchase_reference.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

constexpr std::size_t digits_of_number = 10;
// A shorter row of digits within a name is the remitter's own: a house number, a member's number.
constexpr std::size_t meant_digits_min = 8;

bool is_a_digit(char one) noexcept { return one >= '0' && one <= '9'; }

std::uint64_t check_digits_of(std::uint64_t number) noexcept { return 98 - number * 100 % 97; }

std::string_view row_of_digits(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto first = std::ranges::find_if(text, is_a_digit);
        const auto end = std::find_if_not(first, text.end(), is_a_digit);
        const std::string_view row{first, end};
        if (row.size() >= meant_digits_min) return row;
        text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    }
    return {};
}

} // namespace

std::optional<purchase_reference> purchase_reference::from_number(std::uint64_t number) noexcept {
    if (number == 0 || number > count) return std::nullopt;
    return purchase_reference{number};
}

purchase_reference purchase_reference::drawn_by(std::uint64_t bits) noexcept {
    return purchase_reference{bits % count + 1};
}

std::optional<purchase_reference> purchase_reference::parse(std::string_view text) noexcept {
    if (text.size() != length || !std::ranges::all_of(text, is_a_digit)) return std::nullopt;
    std::uint64_t number = 0;
    for (const char digit : text) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    if (number % 100 != check_digits_of(number / 100)) return std::nullopt;
    return from_number(number / 100);
}

std::string purchase_reference::text() const {
    EXPECTS(number_ != 0);
    const std::uint64_t all = number_ * 100 + check_digits_of(number_);
    std::string digits = std::to_string(all);
    return std::string(digits_of_number + 2 - digits.size(), '0') + digits;
}

reference_reading read_reference(std::string_view column, std::string_view remitter) noexcept {
    const std::string_view meant = column.empty() ? row_of_digits(remitter) : column;
    if (meant.empty()) return {};
    return {true, purchase_reference::parse(meant).value_or(purchase_reference{})};
}

} // namespace meguri::ledger
