// Answers to questions by OCSP, right and wrong ones, for tests. In memory.
#pragma once

#include "tests/support/issued_certificate.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meguri::test {

enum class answer_nonce { same, none, other };

struct answer_wish {
    int status = 0;    // V_OCSP_CERTSTATUS_GOOD, _REVOKED, _UNKNOWN
    long begins_s = 0; // from now
    std::optional<long> ends_s = 3'600;
    answer_nonce nonce = answer_nonce::same;
    const char* digest = "SHA256";
    bool is_about_another = false;
    bool names_signer = true; // brings its certificate along
};

// In DER, signed by whoever that is.
[[nodiscard]] std::string ocsp_answer(std::string_view question, const issued_certificate& signer,
                                      const answer_wish& wish = {});
// Without an answer in it: "try later" is 3.
[[nodiscard]] std::string ocsp_refusal(int status);

} // namespace meguri::test
