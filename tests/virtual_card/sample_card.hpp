// A card for tests of the card alone: files of a known content instead of certificates, and real keys.
#pragma once

#include "tests/virtual_card/jpki_applet.hpp"

#include <numeric>
#include <string>

#include <openssl/rsa.h>

namespace meguri::virtual_card {

inline const std::string right_pin = "1234";
inline const std::string signing_pin = "ABC123";

// Bytes 0, 1, 2, ... from `first` on, so that whoever reads a piece sees where it comes from.
inline bytes counting(std::size_t size, std::uint8_t first) {
    bytes made(size);
    std::iota(made.begin(), made.end(), first);
    return made;
}

inline card_contents sample_contents() {
    // One key for all of a test program: making one takes a second under sanitizers.
    static const std::shared_ptr<EVP_PKEY> key{EVP_RSA_gen(2048U), EVP_PKEY_free};
    return {counting(400, 10),
            {card_half{counting(600, 0), key, make_pin(right_pin, authentication_tries)},
             card_half{counting(500, 20), key, make_pin(signing_pin, signing_tries)}}};
}

} // namespace meguri::virtual_card
