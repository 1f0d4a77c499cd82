#include "net/certificate_text.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace meguri::net {
namespace {

constexpr std::string_view pem_begin = "-----BEGIN CERTIFICATE-----";

std::optional<unsigned> hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

std::optional<ledger::certificate_digest> parse_hex(std::string_view text) noexcept {
    ledger::certificate_digest found;
    constexpr std::size_t pairs = ledger::certificate_digest::size;
    const bool has_colons = text.size() == 3 * pairs - 1;
    if (!has_colons && text.size() != 2 * pairs) return std::nullopt;
    for (std::size_t i = 0; i < pairs; ++i) {
        const std::size_t at = i * (has_colons ? 3 : 2);
        if (has_colons && i > 0 && text[at - 1] != ':') return std::nullopt;
        const auto high = hex_digit(text[at]);
        const auto low = hex_digit(text[at + 1]);
        if (!high || !low) return std::nullopt;
        found.bytes.at(i) = static_cast<std::uint8_t>(*high << 4 | *low);
    }
    return found;
}

// What stands beside the certificate is refused, so that nobody sends a private key along with it.
std::optional<ledger::certificate_digest> digest_of_pem(std::string_view text) {
    if (text.find("-----BEGIN", pem_begin.size()) != std::string_view::npos) return std::nullopt;
    const std::unique_ptr<BIO, decltype(&BIO_free)> from{BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                                                         BIO_free};
    const std::unique_ptr<X509, decltype(&X509_free)> certificate{
        PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr), X509_free};
    ERR_clear_error();
    ledger::certificate_digest found;
    if (certificate == nullptr || X509_digest(certificate.get(), EVP_sha256(), found.bytes.data(), nullptr) != 1)
        return std::nullopt;
    return found;
}

} // namespace

std::optional<ledger::certificate_digest> parse_certificate(std::string_view text) {
    return text.starts_with(pem_begin) ? digest_of_pem(text) : parse_hex(text);
}

std::string text_of(const ledger::certificate_digest& one) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * one.bytes.size());
    for (const auto byte : one.bytes) text.append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    return text;
}

} // namespace meguri::net
