// A certificate of its own signature for one name, in two files: for servers of tests that speak TLS.
#pragma once

#include "tests/support/certificate_making.hpp"
#include "tests/support/temporary_folder.hpp"

#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace meguri::test {

struct self_signed {
    temporary_folder folder;
    explicit self_signed(const char* name) {
        const std::shared_ptr<EVP_PKEY> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
        auto one = begin_certificate(1, -60, 3'600);
        name_subject(*one, {{"CN", "web"}});
        X509_set_issuer_name(one.get(), X509_get_subject_name(one.get()));
        X509_set_pubkey(one.get(), key.get());
        add_extension(*one, *one, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(*one, *one, NID_subject_alt_name, name);
        sign_certificate(*one, *key, "SHA256");
        const issued_certificate made{one, key};
        std::ofstream{certificate()} << made.pem();
        std::ofstream{private_key()} << made.key_pem();
    }
    [[nodiscard]] std::filesystem::path certificate() const { return folder / "certificate.pem"; }
    [[nodiscard]] std::filesystem::path private_key() const { return folder / "key.pem"; }
};

} // namespace meguri::test
