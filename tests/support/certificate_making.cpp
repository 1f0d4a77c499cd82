#include "tests/support/certificate_making.hpp"

#include <openssl/conf.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace meguri::test {
namespace {

using open_list = std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)>;

std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> at(long from_now_s) {
    return {X509_gmtime_adj(nullptr, from_now_s), ASN1_TIME_free};
}

open_list begin_list(const issued_certificate& authority, const list_dates& dates) {
    open_list list{X509_CRL_new(), X509_CRL_free};
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.certificate.get()));
    X509_CRL_set1_lastUpdate(list.get(), at(dates.begins_s).get());
    X509_CRL_set1_nextUpdate(list.get(), at(dates.ends_s).get());
    return list;
}

void revoke(X509_CRL& list, ASN1_INTEGER* serial, ASN1_TIME* since) {
    X509_REVOKED* const row = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(row, serial);
    X509_REVOKED_set_revocationDate(row, since);
    must(X509_CRL_add0_revoked(&list, row) == 1, "X509_CRL_add0_revoked");
}

std::string end_list(const issued_certificate& authority, X509_CRL& list) {
    X509_CRL_sort(&list);
    const std::unique_ptr<BIO, decltype(&BIO_free)> to{BIO_new(BIO_s_mem()), BIO_free};
    must(X509_CRL_sign(&list, authority.key.get(), EVP_sha256()) > 0 && PEM_write_bio_X509_CRL(to.get(), &list) == 1,
         "a revocation list cannot be made");
    std::string text(BIO_ctrl_pending(to.get()), '\0');
    must(BIO_read(to.get(), text.data(), static_cast<int>(text.size())) > 0, "BIO_read");
    return text;
}

} // namespace

void must(bool done, const char* what) {
    if (!done) throw std::runtime_error{what};
}

std::shared_ptr<X509> begin_certificate(long serial, long begins_s, long ends_s) {
    std::shared_ptr<X509> one{X509_new(), X509_free};
    X509_set_version(one.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(one.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(one.get()), begins_s);
    X509_gmtime_adj(X509_getm_notAfter(one.get()), ends_s);
    return one;
}

void name_subject(X509& one, const std::vector<std::pair<const char*, std::string>>& parts) {
    for (const auto& [kind, value] : parts) {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(value.c_str());
        must(X509_NAME_add_entry_by_txt(X509_get_subject_name(&one), kind, MBSTRING_UTF8, bytes, -1, -1, 0) == 1,
             "X509_NAME_add_entry_by_txt");
    }
}

void add_extension(X509& to, X509& issuer, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, &issuer, &to, nullptr, nullptr, 0);
    // Policies are looked up in settings, even where all is said in the value.
    const std::unique_ptr<CONF, decltype(&NCONF_free)> nothing{NCONF_new(nullptr), NCONF_free};
    X509V3_set_nconf(&context, nothing.get());
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> one{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value), X509_EXTENSION_free};
    must(one != nullptr && X509_add_ext(&to, one.get(), -1) == 1, "X509_add_ext");
}

void sign_certificate(X509& one, EVP_PKEY& by, const char* digest) {
    must(X509_sign(&one, &by, EVP_get_digestbyname(digest)) > 0, "X509_sign");
}

std::string revocation_list(const issued_certificate& authority, const std::vector<issued_certificate>& revoked,
                            const list_dates& dates) {
    const auto list = begin_list(authority, dates);
    const auto since = at(-60);
    for (const auto& one : revoked) revoke(*list, X509_get_serialNumber(one.certificate.get()), since.get());
    return end_list(authority, *list);
}

std::string revocation_list_of_numbers(const issued_certificate& authority, long first, long count) {
    const auto list = begin_list(authority, {});
    const auto since = at(-60);
    const std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> serial{ASN1_INTEGER_new(), ASN1_INTEGER_free};
    for (long i = 0; i < count; ++i) {
        ASN1_INTEGER_set(serial.get(), first + i);
        revoke(*list, serial.get(), since.get());
    }
    return end_list(authority, *list);
}

} // namespace meguri::test
