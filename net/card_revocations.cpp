#include "net/card_revocations.hpp"

#include "net/asn1_time.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <memory>

namespace meguri::net {
namespace {

// A list of a part of an authority's certificates, or of changes alone, says so in a critical extension: whoever does
// not look at it must not use the list (RFC 5280, 5.2).
bool has_critical_extension(const X509_CRL& list) {
    for (int i = 0; i < X509_CRL_get_ext_count(&list); ++i)
        if (X509_EXTENSION_get_critical(X509_CRL_get_ext(&list, i)) == 1) return true;
    return false;
}

std::vector<std::string> serials_of(X509_CRL& list) {
    std::vector<std::string> serials;
    STACK_OF(X509_REVOKED)* const rows = X509_CRL_get_REVOKED(&list);
    serials.reserve(static_cast<std::size_t>(std::max(sk_X509_REVOKED_num(rows), 0)));
    for (int i = 0; i < sk_X509_REVOKED_num(rows); ++i) {
        const ASN1_INTEGER* const serial = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(rows, i));
        serials.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                             static_cast<std::size_t>(ASN1_STRING_length(serial)));
    }
    std::sort(serials.begin(), serials.end());
    return serials;
}

tl::unexpected<error> bad_list(const std::string& origin, const char* why) {
    ERR_clear_error();
    return tl::unexpected{error{error_kind::bad_card_crl, origin + ": " + why}};
}

} // namespace

tl::expected<card_revocations::list, error> card_revocations::read_list(X509_CRL& from, const std::string& origin,
                                                                        const card_authorities& authorities) {
    const auto* const signer = authorities.signer_of(from);
    if (signer == nullptr) return bad_list(origin, "a revocation list that none of the authorities has signed");
    if (has_critical_extension(from)) return bad_list(origin, "a revocation list of a kind that is not understood");
    const ASN1_TIME* const ends = X509_CRL_get0_nextUpdate(&from);
    if (ends == nullptr) return bad_list(origin, "a revocation list without an end");
    return list{signer->name, ledger::instant{unix_s(X509_CRL_get0_lastUpdate(&from)) * 1'000},
                ledger::instant{unix_s(ends) * 1'000}, serials_of(from)};
}

tl::expected<card_revocations, error> card_revocations::parse(const std::string& pem, const std::string& origin,
                                                              const card_authorities& authorities,
                                                              ledger::instant fetched_at) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> from{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                         BIO_free};
    card_revocations found;
    found.fetched_at_ = fetched_at;
    for (;;) {
        const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> read{
            PEM_read_bio_X509_CRL(from.get(), nullptr, nullptr, nullptr), X509_CRL_free};
        if (read == nullptr) break;
        auto one = read_list(*read, origin, authorities);
        if (!one) return tl::unexpected{std::move(one.error())};
        found.lists_.push_back(std::move(*one));
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (found.lists_.empty()) return bad_list(origin, "no revocation list in PEM");
    if (!at_end) return bad_list(origin, "a revocation list that cannot be read");
    ERR_clear_error();
    return found;
}

revocation card_revocations::look_up(const authority_name& authority, std::string_view serial, ledger::instant now,
                                     std::int64_t age_max_ms) const {
    if (now > fetched_at_.plus_ms(age_max_ms)) return revocation::unknown;
    bool is_listed = false;
    bool is_known = false;
    for (const auto& one : lists_) {
        if (one.authority != authority || now < one.begins || now > one.ends) continue;
        is_known = true;
        is_listed = is_listed || std::binary_search(one.serials.begin(), one.serials.end(), serial);
    }
    if (is_listed) return revocation::revoked;
    return is_known ? revocation::good : revocation::unknown;
}

void card_revocations::for_each_revoked(const authority_name& authority, ledger::instant now, std::int64_t age_max_ms,
                                        const std::function<void(std::string_view serial)>& visit) const {
    if (now > fetched_at_.plus_ms(age_max_ms)) return;
    for (const auto& one : lists_) {
        if (one.authority != authority || now < one.begins || now > one.ends) continue;
        for (const auto& serial : one.serials) visit(serial);
    }
}

std::vector<card_revocations::dates> card_revocations::all_dates() const {
    std::vector<dates> all;
    for (const auto& one : lists_) all.push_back({one.authority, one.begins, one.ends});
    return all;
}

std::size_t card_revocations::size() const noexcept {
    std::size_t sum = 0;
    for (const auto& one : lists_) sum += one.serials.size();
    return sum;
}

} // namespace meguri::net
