// meguri-reader as it is released, at a terminal.
#pragma once

#include "tests/reader/terminal_program.hpp"

#include <cstdint>

namespace meguri::test {

struct payment_to_sign {
    std::string merchant = "mer_1";
    std::string outlet = "ter_1";
    std::string program = "042021";
    std::int64_t amount = 1200;
    std::string idempotency_key = "p-1";
    unsigned wait_s = 0; // for a card
};

// `pay`, with the PIN that is typed at its question.
[[nodiscard]] terminal_result sign_payment(const payment_to_sign& payment, const std::string& pin,
                                           const std::vector<std::string>& more = {});

// `login`, likewise.
[[nodiscard]] terminal_result sign_challenge(const std::string& challenge, const std::string& audience,
                                             const std::string& pin);

} // namespace meguri::test
