#include "net/gateway_signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace meguri::net {
namespace {

std::string hex_hmac(std::string_view body, std::string_view secret, std::string_view unix_s) {
    std::string text{unix_s};
    text += '.';
    text += body;
    std::array<unsigned char, 32> digest{};
    unsigned length = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const unsigned char byte : digest) {
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

std::optional<std::int64_t> seconds_in(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return seconds;
}

} // namespace

bool is_signed_by_gateway(std::string_view header, std::string_view body, std::string_view secret,
                          std::int64_t now_ms) {
    if (secret.empty()) return false;
    std::string_view at;
    std::string expected;
    bool is_right = false;
    while (!header.empty()) {
        const std::string_view part = header.substr(0, header.find(','));
        header.remove_prefix(std::min(part.size() + 1, header.size()));
        if (part.starts_with("t=") && at.empty()) {
            at = part.substr(2);
            expected = hex_hmac(body, secret, at);
        } else if (part.starts_with("v1=") && !expected.empty()) {
            const auto given = part.substr(3);
            is_right = is_right || (given.size() == expected.size() &&
                                    CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0);
        }
    }
    const auto signed_at = seconds_in(at);
    if (!is_right || !signed_at) return false;
    const std::int64_t apart = now_ms / 1'000 - *signed_at;
    return apart <= gateway_signature_age_max_s && apart >= -gateway_signature_age_max_s;
}

std::string gateway_signature(std::string_view body, std::string_view secret, std::int64_t unix_s) {
    const auto at = std::to_string(unix_s);
    return "t=" + at + ",v1=" + hex_hmac(body, secret, at);
}

} // namespace meguri::net
