// A certificate that an authority for tests has made, and its private key.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace meguri::test {

struct issued_certificate {
    std::shared_ptr<X509> certificate;
    std::shared_ptr<EVP_PKEY> key;

    [[nodiscard]] std::string pem() const;
    [[nodiscard]] std::string der() const;
    // PKCS #8, in PEM, without a passphrase.
    [[nodiscard]] std::string key_pem() const;
    // SHA-256 of its DER bytes, 64 hex digits.
    [[nodiscard]] std::string digest() const;
};

} // namespace meguri::test
