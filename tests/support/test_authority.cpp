#include "tests/support/test_authority.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace meguri::test {
namespace {

struct close_file {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using open_file = std::unique_ptr<std::FILE, close_file>;

void must(bool done, const char* what) {
    if (!done) throw std::runtime_error{what};
}

void add_extension(X509& to, X509& issuer, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, &issuer, &to, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> one{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value), X509_EXTENSION_free};
    must(one != nullptr && X509_add_ext(&to, one.get(), -1) == 1, "X509_add_ext");
}

// Everything but the extensions and the signature.
issued_certificate begin(const std::string& name, long serial, const certificate_wish& wish) {
    issued_certificate made{{X509_new(), X509_free}, {EVP_EC_gen("P-256"), EVP_PKEY_free}};
    X509& one = *made.certificate;
    X509_set_version(&one, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(&one), serial);
    X509_gmtime_adj(X509_getm_notBefore(&one), wish.begins_s);
    X509_gmtime_adj(X509_getm_notAfter(&one), wish.ends_s);
    X509_set_pubkey(&one, made.key.get());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(&one), "CN", MBSTRING_UTF8, bytes, -1, -1, 0);
    return made;
}

} // namespace

std::string issued_certificate::pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> to{BIO_new(BIO_s_mem()), BIO_free};
    must(PEM_write_bio_X509(to.get(), certificate.get()) == 1, "PEM_write_bio_X509");
    std::string text(BIO_ctrl_pending(to.get()), '\0');
    must(BIO_read(to.get(), text.data(), static_cast<int>(text.size())) > 0, "BIO_read");
    return text;
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

test_authority::test_authority(const std::string& name) : self_{begin(name, 1, {})} {
    X509& one = *self_.certificate;
    X509_set_issuer_name(&one, X509_get_subject_name(&one));
    add_extension(one, one, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(one, one, NID_key_usage, "critical,keyCertSign,cRLSign");
    must(X509_sign(&one, self_.key.get(), EVP_sha256()) > 0, "X509_sign");
}

issued_certificate test_authority::issue(const std::string& name, const certificate_wish& wish) {
    auto made = begin(name, ++serial_, wish);
    X509& one = *made.certificate;
    X509_set_issuer_name(&one, X509_get_subject_name(self_.certificate.get()));
    if (wish.purpose != nullptr) add_extension(one, *self_.certificate, NID_ext_key_usage, wish.purpose);
    must(X509_sign(&one, self_.key.get(), EVP_sha256()) > 0, "X509_sign");
    return made;
}

void test_authority::write(const std::filesystem::path& file) const {
    const open_file to{std::fopen(file.c_str(), "w")};
    must(to && PEM_write_X509(to.get(), self_.certificate.get()) == 1, "cannot write an authority");
}

void test_authority::write_revoked(const std::filesystem::path& file, const std::vector<issued_certificate>& revoked,
                                   long good_for_s) const {
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list{X509_CRL_new(), X509_CRL_free};
    const auto at = [](long from_now_s) {
        return std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)>{X509_gmtime_adj(nullptr, from_now_s),
                                                                     ASN1_TIME_free};
    };
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(self_.certificate.get()));
    X509_CRL_set1_lastUpdate(list.get(), at(-7'200).get());
    X509_CRL_set1_nextUpdate(list.get(), at(good_for_s).get());
    for (const auto& one : revoked) {
        X509_REVOKED* const row = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(row, X509_get_serialNumber(one.certificate.get()));
        X509_REVOKED_set_revocationDate(row, at(-60).get());
        must(X509_CRL_add0_revoked(list.get(), row) == 1, "X509_CRL_add0_revoked");
    }
    X509_CRL_sort(list.get());
    const open_file to{std::fopen(file.c_str(), "w")};
    must(X509_CRL_sign(list.get(), self_.key.get(), EVP_sha256()) > 0 && to &&
             PEM_write_X509_CRL(to.get(), list.get()) == 1,
         "cannot write a revocation list");
}

} // namespace meguri::test
