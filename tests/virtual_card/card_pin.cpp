#include "tests/virtual_card/card_pin.hpp"

#include <array>
#include <stdexcept>

#include <sodium.h>

namespace meguri::virtual_card {

card_pin make_pin(const std::string& digits, unsigned tries_max) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    // The cheapest that there is: ten thousand PINs are soon tried whatever one costs, and it is a card for tests.
    if (::sodium_init() < 0 || ::crypto_pwhash_str(hash.data(), digits.data(), digits.size(),
                                                   crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) != 0)
        throw std::runtime_error{"cannot hash a PIN"};
    return {hash.data(), tries_max, tries_max};
}

bool is_right(const card_pin& pin, std::string_view tried) noexcept {
    return ::sodium_init() >= 0 && ::crypto_pwhash_str_verify(pin.hash.c_str(), tried.data(), tried.size()) == 0;
}

} // namespace meguri::virtual_card
