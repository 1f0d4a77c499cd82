// An authority of My Number cards as JPKI is one, for tests: its generations have one name and a key each, and it signs
// the two certificates of a card, the one for user authentication and the one for signing. In memory.
#pragma once

#include "tests/support/certificate_making.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meguri::test {

inline constexpr const char* user_authentication_policy = "1.2.392.200149.8.5.1.3.30";
inline constexpr const char* signing_policy = "1.2.392.200149.8.5.1.1.30";

enum class card_key { rsa_2048, rsa_1024, p_384 };

struct card_wish {
    long begins_s = -60; // from now
    long ends_s = 5L * 365 * 86'400;
    card_key key = card_key::rsa_2048;
    const char* signed_by_digest = "SHA256"; // the authority's, over the certificate
    const char* key_usage = "critical,digitalSignature";
    const char* policy = user_authentication_policy;
};

// The certificate for signing, which no payment may be made with.
[[nodiscard]] inline card_wish signing_wish() {
    return {.key_usage = "critical,digitalSignature,nonRepudiation", .policy = signing_policy};
}

class card_authority {
public:
    // Another one with the same name is another generation.
    explicit card_authority(const std::string& organization = "JPKI-TEST");

    // Subject `C=JP, CN=<random id>`. A serial above 0 is given again, as another authority might.
    [[nodiscard]] issued_certificate issue(const card_wish& wish = {}, long serial = 0);
    // Who may answer by OCSP in its name; or, without that use, may not.
    [[nodiscard]] issued_certificate issue_responder(bool with_use = true, long begins_s = -60, long ends_s = 86'400);
    [[nodiscard]] const issued_certificate& self() const noexcept { return self_; }
    // Its list of what it has revoked, in PEM.
    [[nodiscard]] std::string revoked(const std::vector<issued_certificate>& revoked,
                                      const list_dates& dates = {}) const {
        return revocation_list(self_, revoked, dates);
    }
    // The same of so many numbers from `first` on, which are no card's.
    [[nodiscard]] std::string revoked_numbers(long first, long count) const {
        return revocation_list_of_numbers(self_, first, count);
    }

private:
    issued_certificate self_;
    // Of all generations together: under one name no number is given twice, and a card is known by name and number.
    static inline long last_serial = 0x10'0000;
};

// What the card answers to COMPUTE DIGITAL SIGNATURE: PKCS #1 v1.5 over the DigestInfo of the text's SHA-256; of a
// P-384 key, ECDSA over its SHA-384 in DER.
[[nodiscard]] std::string sign_as_card(const issued_certificate& card, std::string_view text);

} // namespace meguri::test
