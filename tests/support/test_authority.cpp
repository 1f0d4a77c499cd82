#include "tests/support/test_authority.hpp"

#include "tests/support/certificate_making.hpp"

#include <openssl/x509v3.h>

#include <fstream>

namespace meguri::test {
namespace {

// Everything but the extensions and the signature.
issued_certificate begin(const std::string& name, long serial, const certificate_wish& wish) {
    issued_certificate made{begin_certificate(serial, wish.begins_s, wish.ends_s),
                            {EVP_EC_gen("P-256"), EVP_PKEY_free}};
    X509_set_pubkey(made.certificate.get(), made.key.get());
    name_subject(*made.certificate, {{"CN", name}});
    return made;
}

void write_text(const std::filesystem::path& file, const std::string& text) {
    std::ofstream to{file, std::ios::binary};
    must((to << text).flush().good(), "a file of an authority cannot be written");
}

} // namespace

test_authority::test_authority(const std::string& name) : self_{begin(name, 1, {})} {
    X509& one = *self_.certificate;
    X509_set_issuer_name(&one, X509_get_subject_name(&one));
    add_extension(one, one, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(one, one, NID_key_usage, "critical,keyCertSign,cRLSign");
    sign_certificate(one, *self_.key, "SHA256");
}

issued_certificate test_authority::issue(const std::string& name, const certificate_wish& wish) {
    auto made = begin(name, ++serial_, wish);
    X509& one = *made.certificate;
    X509_set_issuer_name(&one, X509_get_subject_name(self_.certificate.get()));
    if (wish.purpose != nullptr) add_extension(one, *self_.certificate, NID_ext_key_usage, wish.purpose);
    sign_certificate(one, *self_.key, "SHA256");
    return made;
}

void test_authority::write(const std::filesystem::path& file) const { write_text(file, self_.pem()); }

void test_authority::write_revoked(const std::filesystem::path& file, const std::vector<issued_certificate>& revoked,
                                   long good_for_s) const {
    write_text(file, revocation_list(self_, revoked, {.ends_s = good_for_s}));
}

} // namespace meguri::test
