#include "tests/support/ocsp_answer.hpp"

#include "tests/support/certificate_making.hpp"

#include <openssl/ocsp.h>

#include <memory>

namespace meguri::test {
namespace {

using moment = std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)>;

std::string der_of(OCSP_RESPONSE& response) {
    unsigned char* bytes = nullptr;
    const int size = i2d_OCSP_RESPONSE(&response, &bytes);
    must(size > 0, "i2d_OCSP_RESPONSE");
    std::string text{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
    OPENSSL_free(bytes);
    return text;
}

} // namespace

std::string ocsp_answer(std::string_view question, const issued_certificate& signer, const answer_wish& wish) {
    const auto* at = reinterpret_cast<const unsigned char*>(question.data());
    const std::unique_ptr<OCSP_REQUEST, decltype(&OCSP_REQUEST_free)> asked{
        d2i_OCSP_REQUEST(nullptr, &at, static_cast<long>(question.size())), OCSP_REQUEST_free};
    must(asked != nullptr && OCSP_request_onereq_count(asked.get()) == 1, "it is no question by OCSP");
    const std::unique_ptr<OCSP_BASICRESP, decltype(&OCSP_BASICRESP_free)> basic{OCSP_BASICRESP_new(),
                                                                                OCSP_BASICRESP_free};
    const std::unique_ptr<OCSP_CERTID, decltype(&OCSP_CERTID_free)> about{
        OCSP_CERTID_dup(OCSP_onereq_get0_id(OCSP_request_onereq_get0(asked.get(), 0))), OCSP_CERTID_free};
    if (wish.is_about_another) {
        ASN1_INTEGER* serial = nullptr;
        OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial, about.get());
        ASN1_INTEGER_set(serial, 1);
    }
    const moment begins{X509_gmtime_adj(nullptr, wish.begins_s), ASN1_TIME_free};
    const moment ends{X509_gmtime_adj(nullptr, wish.ends_s.value_or(0)), ASN1_TIME_free};
    const moment since{X509_gmtime_adj(nullptr, -60), ASN1_TIME_free};
    must(OCSP_basic_add1_status(basic.get(), about.get(), wish.status, OCSP_REVOKED_STATUS_NOSTATUS,
                                wish.status == V_OCSP_CERTSTATUS_REVOKED ? since.get() : nullptr, begins.get(),
                                wish.ends_s ? ends.get() : nullptr) != nullptr,
         "OCSP_basic_add1_status");
    if (wish.nonce == answer_nonce::same) must(OCSP_copy_nonce(basic.get(), asked.get()) == 1, "OCSP_copy_nonce");
    if (wish.nonce == answer_nonce::other)
        must(OCSP_basic_add1_nonce(basic.get(), nullptr, 16) == 1, "OCSP_basic_add1_nonce");
    must(OCSP_basic_sign(basic.get(), signer.certificate.get(), signer.key.get(), EVP_get_digestbyname(wish.digest),
                         nullptr, wish.names_signer ? 0 : OCSP_NOCERTS) == 1,
         "OCSP_basic_sign");
    const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response{
        OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()), OCSP_RESPONSE_free};
    return der_of(*response);
}

std::string ocsp_refusal(int status) {
    const std::unique_ptr<OCSP_RESPONSE, decltype(&OCSP_RESPONSE_free)> response{OCSP_response_create(status, nullptr),
                                                                                 OCSP_RESPONSE_free};
    return der_of(*response);
}

} // namespace meguri::test
