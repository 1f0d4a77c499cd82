#include "ledger/my_key_id.hpp"

#include "ledger/contract.hpp"

namespace meguri::ledger {

std::optional<my_key_id> my_key_id::parse(std::string_view text) noexcept {
    if (text.size() != length) return std::nullopt;
    std::uint64_t number = 0;
    for (const char one : text) {
        const auto digit = alphabet.find(one);
        if (digit == std::string_view::npos) return std::nullopt;
        number = number * alphabet.size() + digit;
    }
    return my_key_id{number + 1};
}

std::optional<my_key_id> my_key_id::from_number(std::uint64_t number) noexcept {
    if (number < 1 || number > count) return std::nullopt;
    return my_key_id{number};
}

my_key_id my_key_id::drawn_by(std::uint64_t bits) noexcept { return my_key_id{bits % count + 1}; }

std::string my_key_id::text() const {
    EXPECTS(number_ != 0);
    std::string text(length, alphabet.front());
    std::uint64_t rest = number_ - 1;
    for (std::size_t i = length; i-- > 0; rest /= alphabet.size()) text[i] = alphabet[rest % alphabet.size()];
    return text;
}

} // namespace meguri::ledger
