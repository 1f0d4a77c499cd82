#include "net/card_authorities.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace meguri::net {
namespace {

authority_name name_of(const X509& certificate) {
    authority_name name(32, '\0');
    const bool done =
        X509_digest(&certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(name.data()), nullptr) == 1;
    return done ? name : authority_name{};
}

// By OpenSSL's rules for chains, with this authority alone as what is trusted; dates are left to who asks, each time.
bool is_issued_by(X509& authority, X509& certificate) {
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> trusted{X509_STORE_new(), X509_STORE_free};
    const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> check{X509_STORE_CTX_new(),
                                                                                X509_STORE_CTX_free};
    const bool good = trusted != nullptr && check != nullptr && X509_STORE_add_cert(trusted.get(), &authority) == 1 &&
                      X509_STORE_set_flags(trusted.get(), X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
                      X509_STORE_CTX_init(check.get(), trusted.get(), &certificate, nullptr) == 1 &&
                      X509_verify_cert(check.get()) == 1 && sk_X509_num(X509_STORE_CTX_get0_chain(check.get())) == 2;
    ERR_clear_error();
    return good;
}

} // namespace

tl::expected<card_authorities, error> card_authorities::parse(const std::string& pem, const std::string& origin) {
    const auto bad = [&origin](const char* why) {
        ERR_clear_error();
        return tl::unexpected{error{error_kind::bad_card_authorities, origin + ": " + why}};
    };
    const std::unique_ptr<BIO, decltype(&BIO_free)> from{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                         BIO_free};
    card_authorities found;
    while (X509* const read = PEM_read_bio_X509(from.get(), nullptr, nullptr, nullptr)) {
        authority one{{read, X509_free}, name_of(*read)};
        if (X509_check_ca(read) == 0 || X509_get0_pubkey(read) == nullptr)
            return bad("a certificate that is no authority's");
        found.all_.push_back(std::move(one));
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (found.all_.empty()) return bad("no certificate in PEM");
    if (!at_end) return bad("a certificate that cannot be read");
    ERR_clear_error();
    return found;
}

const card_authorities::authority* card_authorities::issuer_of(X509& certificate) const {
    const auto at = std::find_if(all_.begin(), all_.end(), [&certificate](const authority& one) {
        return X509_check_issued(one.certificate.get(), &certificate) == X509_V_OK &&
               is_issued_by(*one.certificate, certificate);
    });
    return at != all_.end() ? &*at : nullptr;
}

const card_authorities::authority* card_authorities::signer_of(X509_CRL& list) const {
    const auto at = std::find_if(all_.begin(), all_.end(), [&list](const authority& one) {
        X509& by = *one.certificate;
        return X509_NAME_cmp(X509_get_subject_name(&by), X509_CRL_get_issuer(&list)) == 0 &&
               X509_CRL_verify(&list, X509_get0_pubkey(&by)) == 1;
    });
    ERR_clear_error();
    return at != all_.end() ? &*at : nullptr;
}

} // namespace meguri::net
