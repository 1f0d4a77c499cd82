// A certificate's dates as numbers. For the files of net/ that read certificates; OpenSSL's types are visible here.
#pragma once

#include <openssl/asn1.h>

#include <cstdint>
#include <ctime>

namespace meguri::net {

// Unix seconds; 0 where it is no time.
[[nodiscard]] inline std::int64_t unix_s(const ASN1_TIME* at) {
    std::tm parts{};
    if (at == nullptr || ASN1_TIME_to_tm(at, &parts) != 1) return 0;
    return ::timegm(&parts);
}

} // namespace meguri::net
