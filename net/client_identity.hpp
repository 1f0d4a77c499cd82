// What a connection knows of its client besides keys: the certificate that it showed in the TLS handshake. Implemented
// by net/tls; asked by authentication where a terminal needs one, never per payment. On the connection's io thread.
#pragma once

#include "ledger/certificate.hpp"

#include <cstdint>
#include <optional>

namespace meguri::net {

struct shown_certificate {
    ledger::certificate_digest digest;
    std::int64_t good_until_ms = 0; // its last moment, Unix milliseconds
};

class client_identity {
public:
    virtual ~client_identity() = default;
    // nullopt: none was shown, or it is not good now: out of date, revoked, or its authority is no longer trusted.
    // `now_ms`: the wall clock, Unix milliseconds.
    [[nodiscard]] virtual std::optional<shown_certificate> certificate(std::int64_t now_ms) const = 0;
};

} // namespace meguri::net
