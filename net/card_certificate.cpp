#include "net/card_certificate.hpp"

#include "net/asn1_time.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

namespace meguri::net {
namespace {

template <class Object, class Encode>
void append_der(std::string& to, const Object* object, Encode encode) {
    const int size = encode(object, nullptr);
    if (size <= 0) return;
    const std::size_t before = to.size();
    to.resize(before + static_cast<std::size_t>(size));
    auto* at = reinterpret_cast<unsigned char*>(to.data() + before);
    encode(object, &at);
}

// What cards sign with today and what the next ones will.
struct allowed_key {
    const char* type;
    int bits;
    const EVP_MD* (*digest)();
};
constexpr std::array<allowed_key, 2> allowed_keys{{{"RSA", 2048, EVP_sha256}, {"EC", 384, EVP_sha384}}};
// What authorities sign cards' certificates with.
constexpr std::array<int, 2> allowed_signatures{NID_sha256WithRSAEncryption, NID_ecdsa_with_SHA384};

const EVP_MD* digest_for(const EVP_PKEY* key) {
    if (key == nullptr) return nullptr;
    for (const auto& one : allowed_keys)
        if (EVP_PKEY_is_a(key, one.type) == 1 && EVP_PKEY_get_bits(key) == one.bits) return one.digest();
    return nullptr;
}

bool has_policy(const X509& certificate) {
    using policies = std::unique_ptr<CERTIFICATEPOLICIES, decltype(&CERTIFICATEPOLICIES_free)>;
    const policies named{
        static_cast<CERTIFICATEPOLICIES*>(X509_get_ext_d2i(&certificate, NID_certificate_policies, nullptr, nullptr)),
        CERTIFICATEPOLICIES_free};
    if (named == nullptr || sk_POLICYINFO_num(named.get()) != 1) return false;
    std::array<char, 64> text{};
    const int size =
        OBJ_obj2txt(text.data(), text.size(), sk_POLICYINFO_value(named.get(), 0)->policyid, /*no_name=*/1);
    return size > 0 && std::string_view{text.data()} == user_authentication_policy;
}

bool is_of_right_kind(X509& certificate) {
    const int signed_with = X509_get_signature_nid(&certificate);
    return std::find(allowed_signatures.begin(), allowed_signatures.end(), signed_with) != allowed_signatures.end() &&
           X509_check_ca(&certificate) == 0 && X509_get_key_usage(&certificate) == KU_DIGITAL_SIGNATURE &&
           has_policy(certificate);
}

ledger::instant begin_of(const X509& certificate) {
    return ledger::instant{unix_s(X509_get0_notBefore(&certificate)) * 1'000};
}

// Its last second counts.
ledger::instant end_of_card(const X509& certificate) {
    return ledger::instant{unix_s(X509_get0_notAfter(&certificate)) * 1'000 + 999};
}

std::string bytes_of(const ASN1_INTEGER* number) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)),
            static_cast<std::size_t>(ASN1_STRING_length(number))};
}

} // namespace

bool card_certificate::signed_text(std::string_view text, std::string_view signature) const {
    if (digest == nullptr) return false;
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> with{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    const auto bytes = [](std::string_view of) { return reinterpret_cast<const unsigned char*>(of.data()); };
    const bool good = with != nullptr && EVP_DigestVerifyInit(with.get(), nullptr, digest, nullptr, key.get()) == 1 &&
                      EVP_DigestVerify(with.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
    ERR_clear_error();
    return good;
}

std::string identity_of(x509_st& authority, std::string_view serial) {
    std::string identity;
    const std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> number{ASN1_INTEGER_new(), ASN1_INTEGER_free};
    ASN1_STRING_set(number.get(), serial.data(), static_cast<int>(serial.size()));
    append_der(identity, X509_get_subject_name(&authority), i2d_X509_NAME);
    append_der(identity, number.get(), i2d_ASN1_INTEGER);
    return identity;
}

std::optional<card_certificate> read_card_certificate(std::string_view der, const card_authorities& authorities) {
    if (der.empty() || der.size() > card_certificate_bytes_max) return std::nullopt;
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const auto* const end = at + der.size();
    const std::unique_ptr<X509, decltype(&X509_free)> read{d2i_X509(nullptr, &at, static_cast<long>(der.size())),
                                                           X509_free};
    ERR_clear_error();
    if (read == nullptr || at != end) return std::nullopt;

    card_certificate found;
    append_der(found.identity, X509_get_issuer_name(read.get()), i2d_X509_NAME);
    append_der(found.identity, X509_get0_serialNumber(read.get()), i2d_ASN1_INTEGER);
    found.serial = bytes_of(X509_get0_serialNumber(read.get()));
    found.begins = begin_of(*read);
    found.ends = end_of_card(*read);
    found.key = {X509_get_pubkey(read.get()), EVP_PKEY_free};
    found.digest = digest_for(found.key.get());
    found.is_of_right_kind = found.digest != nullptr && is_of_right_kind(*read);
    if (const auto* const issuer = authorities.issuer_of(*read)) {
        found.issued_by = issuer->name;
        found.begins = std::max(found.begins, begin_of(*issuer->certificate));
        found.ends = std::min(found.ends, end_of_card(*issuer->certificate));
    }
    ERR_clear_error();
    return found;
}

} // namespace meguri::net
