// A PIN of the card: what it is compared with, and how many tries are left. Plain data, so that a card's folder can
// keep it over a power-off.
#pragma once

#include <string>
#include <string_view>

namespace meguri::virtual_card {

struct card_pin {
    std::string hash; // Argon2id, as libsodium writes it: a card's folder never holds the PIN
    unsigned tries_max = 0;
    unsigned tries_left = 0;

    [[nodiscard]] bool locked() const noexcept { return tries_left == 0; }
    friend bool operator==(const card_pin&, const card_pin&) = default;
};

// Throws std::runtime_error where libsodium cannot hash.
[[nodiscard]] card_pin make_pin(const std::string& digits, unsigned tries_max);

[[nodiscard]] bool is_right(const card_pin& pin, std::string_view tried) noexcept;

} // namespace meguri::virtual_card
