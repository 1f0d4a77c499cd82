#include "tests/support/card_authority.hpp"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>

namespace meguri::test {
namespace {

std::shared_ptr<EVP_PKEY> make_key(card_key kind) {
    EVP_PKEY* made = nullptr;
    switch (kind) {
    case card_key::rsa_2048: made = EVP_RSA_gen(2048u); break;
    case card_key::rsa_1024: made = EVP_RSA_gen(1024u); break;
    case card_key::p_384: made = EVP_EC_gen("P-384"); break;
    }
    must(made != nullptr, "a card's key cannot be made");
    return {made, EVP_PKEY_free};
}

std::string random_id() {
    std::array<unsigned char, 13> bytes{};
    must(RAND_bytes(bytes.data(), bytes.size()) == 1, "RAND_bytes");
    std::string text;
    for (const auto byte : bytes) {
        std::array<char, 3> hex{};
        std::snprintf(hex.data(), hex.size(), "%02X", byte);
        text += hex.data();
    }
    return text;
}

issued_certificate make_authority(const std::string& organization) {
    issued_certificate made{begin_certificate(1, -86'400, 10L * 365 * 86'400), make_key(card_key::rsa_2048)};
    X509& one = *made.certificate;
    X509_set_pubkey(&one, made.key.get());
    name_subject(one, {{"C", "JP"},
                       {"O", organization},
                       {"OU", "JPKI for user authentication"},
                       {"OU", "Japan Agency for Local Authority Information Systems"}});
    X509_set_issuer_name(&one, X509_get_subject_name(&one));
    add_extension(one, one, NID_subject_key_identifier, "hash");
    add_extension(one, one, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(one, one, NID_key_usage, "critical,keyCertSign,cRLSign");
    sign_certificate(one, *made.key, "SHA256");
    return made;
}

} // namespace

card_authority::card_authority(const std::string& organization) : self_{make_authority(organization)} {}

issued_certificate card_authority::issue(const card_wish& wish, long serial) {
    issued_certificate made{begin_certificate(serial > 0 ? serial : ++last_serial, wish.begins_s, wish.ends_s),
                            make_key(wish.key)};
    X509& one = *made.certificate;
    X509& by = *self_.certificate;
    X509_set_pubkey(&one, made.key.get());
    name_subject(one, {{"C", "JP"}, {"CN", random_id()}});
    X509_set_issuer_name(&one, X509_get_subject_name(&by));
    add_extension(one, by, NID_authority_key_identifier, "keyid:always");
    add_extension(one, by, NID_key_usage, wish.key_usage);
    add_extension(one, by, NID_certificate_policies, wish.policy);
    sign_certificate(one, *self_.key, wish.signed_by_digest);
    return made;
}

issued_certificate card_authority::issue_responder(bool with_use, long begins_s, long ends_s) {
    issued_certificate made{begin_certificate(++last_serial, begins_s, ends_s), make_key(card_key::rsa_2048)};
    X509& one = *made.certificate;
    X509& by = *self_.certificate;
    X509_set_pubkey(&one, made.key.get());
    name_subject(one, {{"C", "JP"}, {"CN", "responder"}});
    X509_set_issuer_name(&one, X509_get_subject_name(&by));
    add_extension(one, by, NID_authority_key_identifier, "keyid:always");
    add_extension(one, by, NID_key_usage, "critical,digitalSignature");
    if (with_use) add_extension(one, by, NID_ext_key_usage, "OCSPSigning");
    sign_certificate(one, *self_.key, "SHA256");
    return made;
}

std::string sign_as_card(const issued_certificate& card, std::string_view text) {
    const bool is_rsa = EVP_PKEY_is_a(card.key.get(), "RSA") == 1;
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> with{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    must(EVP_DigestSignInit(with.get(), nullptr, is_rsa ? EVP_sha256() : EVP_sha384(), nullptr, card.key.get()) == 1,
         "EVP_DigestSignInit");
    std::size_t size = 0;
    must(EVP_DigestSign(with.get(), nullptr, &size, bytes, text.size()) == 1, "EVP_DigestSign");
    std::string made(size, '\0');
    must(EVP_DigestSign(with.get(), reinterpret_cast<unsigned char*>(made.data()), &size, bytes, text.size()) == 1,
         "EVP_DigestSign");
    made.resize(size);
    return made;
}

} // namespace meguri::test
