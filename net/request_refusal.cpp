#include "net/request_refusal.hpp"

#include "ledger/contract.hpp"

namespace meguri::net {

refusal_text text_of(request_refusal reason) noexcept {
    switch (reason) {
    case request_refusal::none: break;
    case request_refusal::malformed: return {400, "malformed_http", "The request is not valid HTTP/1.1."};
    case request_refusal::host: return {400, "malformed_http", "Exactly one Host field is required."};
    case request_refusal::content_length: return {400, "malformed_http", "Content-Length must be one decimal number."};
    case request_refusal::transfer_encoding:
        return {400, "malformed_http", "The only transfer coding is chunked, in HTTP/1.1 and without Content-Length."};
    case request_refusal::repeated_field:
        return {400, "malformed_http", "Authorization, Idempotency-Key and Content-Type may be given once."};
    case request_refusal::header_too_large: return {431, "header_too_large", "The header is larger than the limit."};
    case request_refusal::body_too_large: return {413, "body_too_large", "The body is larger than the limit."};
    case request_refusal::expectation: return {417, "expectation_failed", "Only Expect: 100-continue is supported."};
    case request_refusal::too_slow: return {408, "request_timeout", "The request did not arrive in time."};
    case request_refusal::too_many_connections:
        return {503, "overloaded", "Too many connections. Nothing was done.", 1};
    case request_refusal::shutting_down: return {503, "not_ready", "The switch is shutting down. Nothing was done.", 5};
    }
    EXPECTS(!"a refusal has a reason");
    return {};
}

} // namespace meguri::net
