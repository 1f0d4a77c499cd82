#include "ledger/activation.hpp"

namespace meguri::ledger {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// In the field of 32 elements, modulo x^5 + x^2 + 1: multiplied by x, which comes round only after 31 steps.
constexpr std::uint8_t times_x(std::uint8_t value) noexcept {
    const unsigned shifted = static_cast<unsigned>(value) << 1;
    return static_cast<std::uint8_t>(shifted >= 32 ? shifted ^ 0b100101 : shifted);
}

// Each place has another factor, none of them 0: so one wrong character and any two exchanged change the sum.
std::uint8_t check_value(const std::uint8_t* values) noexcept {
    std::uint8_t sum = 0;
    for (std::size_t i = 0; i < activation_code::random_characters; ++i)
        sum = times_x(static_cast<std::uint8_t>(sum ^ values[i]));
    return sum;
}

std::optional<std::uint8_t> value_of(char typed) noexcept {
    const char upper = typed >= 'a' && typed <= 'z' ? static_cast<char>(typed - 'a' + 'A') : typed;
    const char meant = upper == 'O' ? '0' : upper == 'I' || upper == 'L' ? '1' : upper;
    const auto place = alphabet.find(meant);
    if (place == std::string_view::npos) return std::nullopt;
    return static_cast<std::uint8_t>(place);
}

} // namespace

activation_code activation_code::of(const std::array<std::uint8_t, random_characters>& values) noexcept {
    activation_code made;
    for (std::size_t i = 0; i < values.size(); ++i) made.values_[i] = values[i] & 31;
    made.values_[random_characters] = check_value(made.values_.data());
    return made;
}

std::optional<activation_code> activation_code::parse(std::string_view typed) noexcept {
    activation_code found;
    std::size_t count = 0;
    for (const char one : typed) {
        if (one == '-' || one == ' ') continue;
        const auto value = value_of(one);
        if (!value || count == length) return std::nullopt;
        found.values_[count++] = *value;
    }
    if (count != length || found.values_[random_characters] != check_value(found.values_.data())) return std::nullopt;
    return found;
}

std::string activation_code::text() const {
    std::string text;
    for (const auto value : values_) text += alphabet[value];
    return text;
}

std::string activation_code::shown() const {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
        if (i > 0 && i % 4 == 0) text += '-';
        text += alphabet[values_[i]];
    }
    return text;
}

} // namespace meguri::ledger
