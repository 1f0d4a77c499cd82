#include "net/card_status.hpp"

#include "net/asn1_time.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>

namespace meguri::net {
namespace {

constexpr int nonce_bytes = 16;
constexpr std::array allowed_digests{NID_sha256, NID_sha384, NID_sha512};

using response_ptr = std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)>;
using basic_ptr = std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)>;
using certificates_ptr = std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)>;

tl::unexpected<std::string> nothing_known(std::string why) {
    ERR_clear_error();
    return tl::unexpected{std::move(why)};
}

// The card's number, which stands behind its issuer's name.
std::unique_ptr<ASN1_INTEGER, decltype(&ASN1_INTEGER_free)> serial_of(const card_certificate& card) {
    const auto* at = reinterpret_cast<const unsigned char*>(card.identity.data());
    const auto* const end = at + card.identity.size();
    const std::unique_ptr<X509_NAME, decltype(&X509_NAME_free)> name{d2i_X509_NAME(nullptr, &at, end - at),
                                                                     X509_NAME_free};
    return {name != nullptr ? d2i_ASN1_INTEGER(nullptr, &at, end - at) : nullptr, ASN1_INTEGER_free};
}

// Chains, dates and the responder's right to answer, by OpenSSL's rules, with the card's authority alone as what is
// trusted.
bool is_signed_for(X509& issuer, OCSP_BASICRESP& answer, ledger::instant now) {
    const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> trusted{X509_STORE_new(), X509_STORE_free};
    const certificates_ptr known{sk_X509_new_null(), [](STACK_OF(X509) * all) { sk_X509_free(all); }};
    if (trusted == nullptr || known == nullptr || X509_STORE_add_cert(trusted.get(), &issuer) != 1 ||
        sk_X509_push(known.get(), &issuer) == 0)
        return false;
    X509_VERIFY_PARAM* const how = X509_STORE_get0_param(trusted.get());
    X509_VERIFY_PARAM_set_time(how, now.unix_ms() / 1'000);
    return X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
           OCSP_basic_verify(&answer, known.get(), trusted.get(), OCSP_NOEXPLICIT) == 1;
}

bool is_by_allowed_digest(const OCSP_BASICRESP& answer) {
    int digest = NID_undef;
    int key = NID_undef;
    const auto* const algorithm = OCSP_resp_get0_tbs_sigalg(&answer);
    return OBJ_find_sigid_algs(OBJ_obj2nid(algorithm->algorithm), &digest, &key) == 1 &&
           std::ranges::find(allowed_digests, digest) != allowed_digests.end();
}

ledger::instant instant_of(const ASN1_GENERALIZEDTIME* at) { return ledger::instant{unix_s(at) * 1'000}; }

} // namespace

std::optional<card_question> card_question::of(const card_certificate& card, const card_authorities& authorities) {
    const auto& all = authorities.all();
    const auto by = std::ranges::find(all, card.issued_by, &card_authorities::authority::name);
    const auto serial = serial_of(card);
    if (by == all.end() || serial == nullptr) return std::nullopt;
    card_question one;
    one.issuer_ = by->certificate;
    one.asked_ = {OCSP_REQUEST_new(), OCSP_REQUEST_free};
    // By SHA-1, as every responder knows it (RFC 5019, 2.1.1): it names the authority, and nothing rests on it.
    OCSP_CERTID* const id = OCSP_cert_id_new(EVP_sha1(), X509_get_subject_name(by->certificate.get()),
                                             X509_get0_pubkey_bitstr(by->certificate.get()), serial.get());
    if (id == nullptr || OCSP_request_add0_id(one.asked_.get(), id) == nullptr) {
        OCSP_CERTID_free(id);
        return std::nullopt;
    }
    if (OCSP_request_add1_nonce(one.asked_.get(), nullptr, nonce_bytes) != 1) return std::nullopt;
    return one;
}

std::string card_question::der() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_OCSP_REQUEST(asked_.get(), &bytes);
    std::string text{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(std::max(size, 0))};
    OPENSSL_free(bytes);
    return text;
}

tl::expected<card_status, std::string> card_question::read(std::string_view answer, ledger::instant now,
                                                           std::int64_t age_max_ms) const {
    const auto* at = reinterpret_cast<const unsigned char*>(answer.data());
    const response_ptr response{d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(answer.size())), OCSP_RESPONSE_free};
    if (response == nullptr) return nothing_known("it is no answer by OCSP");
    if (const int status = OCSP_response_status(response.get()); status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return nothing_known(std::string{"it answers "} + OCSP_response_status_str(status));
    const basic_ptr basic{OCSP_response_get1_basic(response.get()), OCSP_BASICRESP_free};
    if (basic == nullptr) return nothing_known("it answers in a form that is not understood");
    // A responder that prepares its answers leaves the nonce out; one that gives another answers somebody else.
    const int same_nonce = OCSP_check_nonce(asked_.get(), basic.get());
    if (same_nonce != 1 && same_nonce != -1) return nothing_known("its nonce is another one");
    if (!is_by_allowed_digest(*basic)) return nothing_known("it is signed by an algorithm that is not allowed");
    if (!is_signed_for(*issuer_, *basic, now))
        return nothing_known("it is not signed by the authority, nor by a responder of its own");

    int status = V_OCSP_CERTSTATUS_UNKNOWN;
    ASN1_GENERALIZEDTIME* begins = nullptr;
    ASN1_GENERALIZEDTIME* ends = nullptr;
    OCSP_CERTID* const id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(asked_.get(), 0));
    if (OCSP_resp_find_status(basic.get(), id, &status, nullptr, nullptr, &begins, &ends) != 1)
        return nothing_known("it is about another certificate");
    if (status == V_OCSP_CERTSTATUS_UNKNOWN) return nothing_known("it does not know the certificate");
    card_status found{status == V_OCSP_CERTSTATUS_REVOKED, instant_of(begins), {}};
    found.ends = ends != nullptr ? instant_of(ends) : found.begins.plus_ms(age_max_ms);
    if (found.begins > now.plus_ms(responder_ahead_max_ms)) return nothing_known("it is of the future");
    if (now > found.ends) return nothing_known("it is out of date");
    ERR_clear_error();
    return found;
}

} // namespace meguri::net
