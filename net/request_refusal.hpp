// Why the front end refuses a request before any resource sees it, and how each is told to the client. Every problem
// code of these is listed in the OpenAPI file.
#pragma once

#include "net/front_probes.hpp"

#include <cstdint>
#include <string_view>

namespace meguri::net {

enum class request_refusal : std::uint8_t {
    none,
    malformed,         // not HTTP/1.1 or 1.0 as RFC 9112 has it
    host,              // missing or repeated
    content_length,    // repeated, a list, or no number
    transfer_encoding, // anything but exactly "chunked", or with a Content-Length, or in HTTP/1.0
    repeated_field,    // Idempotency-Key, Authorization or Content-Type more than once
    header_too_large,
    body_too_large,
    expectation, // an Expect other than 100-continue
    too_slow,    // header or body did not arrive in time
    too_many_connections,
    shutting_down, // half received when the process began to drain
};
static_assert(static_cast<std::size_t>(request_refusal::shutting_down) + 1 == request_refusals);

struct refusal_text {
    int status;
    std::string_view code;
    std::string_view detail;
    int retry_after_s = 0;
};

[[nodiscard]] refusal_text text_of(request_refusal reason) noexcept;

} // namespace meguri::net
