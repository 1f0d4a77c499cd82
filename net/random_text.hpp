// Secrets that somebody carries: a prefix that says what it is, and 32 characters of base64url, which are 192 bits of
// the system's random numbers.
#pragma once

#include "ledger/contract.hpp"

#include <sodium.h>

#include <array>
#include <string>
#include <string_view>

namespace meguri::net {

[[nodiscard]] inline std::string random_text(std::string_view prefix) {
    EXPECTS(sodium_init() >= 0);
    std::array<unsigned char, 24> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 33> text; // with the NUL that libsodium ends it by
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes.data(), bytes.size());
    std::string whole{prefix};
    whole.append(text.data(), text.size() - 1);
    return whole;
}

} // namespace meguri::net
