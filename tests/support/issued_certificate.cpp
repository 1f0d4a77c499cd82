#include "tests/support/issued_certificate.hpp"

#include "tests/support/certificate_making.hpp"

#include <openssl/pem.h>

#include <array>
#include <cstdio>

namespace meguri::test {
namespace {

template <class Write>
std::string written(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> to{BIO_new(BIO_s_mem()), BIO_free};
    must(write(to.get()) == 1, "PEM cannot be written");
    std::string text(BIO_ctrl_pending(to.get()), '\0');
    must(BIO_read(to.get(), text.data(), static_cast<int>(text.size())) > 0, "BIO_read");
    return text;
}

} // namespace

std::string issued_certificate::pem() const {
    return written([this](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); });
}

std::string issued_certificate::key_pem() const {
    return written([this](BIO* to) {
        return PEM_write_bio_PKCS8PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
}

std::string issued_certificate::der() const {
    const int size = i2d_X509(certificate.get(), nullptr);
    must(size > 0, "i2d_X509");
    std::string bytes(static_cast<std::size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(bytes.data());
    must(i2d_X509(certificate.get(), &at) == size, "i2d_X509");
    return bytes;
}

std::string issued_certificate::digest() const {
    std::array<unsigned char, 32> bytes{};
    must(X509_digest(certificate.get(), EVP_sha256(), bytes.data(), nullptr) == 1, "X509_digest");
    std::string text;
    for (const auto byte : bytes) {
        std::array<char, 3> hex{};
        std::snprintf(hex.data(), hex.size(), "%02x", byte);
        text += hex.data();
    }
    return text;
}

} // namespace meguri::test
