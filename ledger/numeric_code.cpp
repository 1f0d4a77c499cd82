#include "ledger/numeric_code.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

bool are_digits(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char one) { return one >= '0' && one <= '9'; });
}

} // namespace

const char* numeric_format::wrong() const noexcept {
    if (!are_digits(prefix)) return "the prefix must be digits";
    if (prefix.size() > prefix_max) return "the prefix must be 6 digits at most";
    if (length < length_min || length > length_max) return "the length must be 16 to 32 digits";
    if (length % 2 != 0) return "the length must be even, or Code 128 needs more bars";
    if (length < prefix.size() + random_min + 1) return "14 digits must be left behind the prefix and the check digit";
    return nullptr;
}

char luhn_digit(std::string_view digits) noexcept {
    EXPECTS(are_digits(digits));
    unsigned sum = 0;
    bool doubled = true; // the digit next to the check digit is
    for (std::size_t i = digits.size(); i-- > 0; doubled = !doubled) {
        const auto value = static_cast<unsigned>(digits[i] - '0') * (doubled ? 2 : 1);
        sum += value > 9 ? value - 9 : value;
    }
    return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool has_luhn_digit(std::string_view code) noexcept {
    if (code.size() < 2 || !are_digits(code)) return false;
    return luhn_digit(code.substr(0, code.size() - 1)) == code.back();
}

} // namespace meguri::ledger
