// What authorities for tests have in common: pieces of certificates and lists, by OpenSSL. Throws where it refuses.
#pragma once

#include "tests/support/issued_certificate.hpp"

#include <string>
#include <utility>
#include <vector>

namespace meguri::test {

void must(bool done, const char* what);

// Version, serial and dates, in seconds from now; no name, no key.
[[nodiscard]] std::shared_ptr<X509> begin_certificate(long serial, long begins_s, long ends_s);
// The parts of a name in their order, as {"CN", "till 1"}.
void name_subject(X509& one, const std::vector<std::pair<const char*, std::string>>& parts);
// As openssl's settings say it, e.g. NID_key_usage, "critical,digitalSignature".
void add_extension(X509& to, X509& issuer, int kind, const char* value);
void sign_certificate(X509& one, EVP_PKEY& by, const char* digest);

// When a list of revoked certificates begins and ends, in seconds from now.
struct list_dates {
    long begins_s = -7'200;
    long ends_s = 3'600;
};
// Of so many numbers, from `first` on; else as revocation_list().
[[nodiscard]] std::string revocation_list_of_numbers(const issued_certificate& authority, long first, long count);
// In PEM, signed by the authority.
[[nodiscard]] std::string revocation_list(const issued_certificate& authority,
                                          const std::vector<issued_certificate>& revoked, const list_dates& dates);

} // namespace meguri::test
