// What a resource sees of HTTP: one request, one response, and the address under which the answer goes back. Nothing of
// Beast or Asio is visible here, so resources compile fast and could be served by another front end.
// Everything here lives on one io thread.
#pragma once

#include "net/client_identity.hpp"
#include "net/client_network.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace meguri::net {

enum class http_method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

// Where an answer goes: a connection by slot and generation (the connection may be gone when the answer is ready) and
// the place of the request in that connection's order (answers leave in the order of their requests).
struct reply_address {
    std::uint32_t connection = 0;
    std::uint32_t generation = 0;
    std::uint32_t sequence = 0;
};

// Whatever the authentication step wants to remember per connection: the bytes of the last Authorization header and
// what they opened. The front end only stores it and drops it with the connection.
struct connection_memory {
    std::string authorization;
    std::shared_ptr<const void> principal;
    std::uint64_t keys_version = 0;
    std::int64_t good_until_ms = 0; // the principal: wall clock, Unix milliseconds
    bool gave_wrong_key = false;    // or none where one is needed
    bool gave_right_key = false;
};

// One request, parsed. The views point into the connection's buffer and end when handle() returns.
struct http_request {
    http_method method = http_method::other;
    std::string_view method_name; // as sent, for the 405 and the log
    std::string_view path;        // without the query; percent-encoding untouched
    std::string_view query;       // what follows '?', or empty
    std::string_view authorization;
    std::string_view content_type;
    std::string_view traceparent;
    std::string_view idempotency_key;
    bool has_idempotency_key = false; // the header was there, even if empty
    std::string_view gateway_signature;
    std::string_view body;
    std::int64_t received_at_ms = 0;     // wall clock, Unix milliseconds, read once per request
    std::int64_t received_steady_ns = 0; // steady clock when the request's last byte was there
    reply_address reply_to;
    std::uint64_t request_id = 0; // rendered as the Request-Id header
    client_network from;
    const client_identity* identity = nullptr; // none: plain HTTP
    connection_memory* memory = nullptr;
};

// One answer. The front end adds Date-free framing: Content-Length, Request-Id, Connection. No header of these may
// carry bytes that a client chose.
struct http_response {
    int status = 200;
    std::string_view content_type = "application/json"; // static text
    std::string body;
    bool idempotent_replayed = false; // Idempotent-Replayed: true
    int retry_after_s = 0;            // Retry-After, when above 0
    std::string_view allow;           // Allow, when not empty (static text)
    bool www_authenticate = false;    // WWW-Authenticate: Bearer
};

// What the front end calls, on the io thread, for every well-formed request. The answer is given through
// http_front::respond, before handle() returns or any time later on the same thread.
class http_handler {
public:
    virtual ~http_handler() = default;
    virtual void handle(const http_request& request) = 0;
    // Called for requests that the front end itself refuses (parse errors, limits); gives the problem+json body.
    virtual http_response refusal(int status, std::string_view code, std::string_view detail,
                                  std::uint64_t request_id) = 0;
    // Called for a TLS handshake that the front end or the client broke off. `why`: one of OpenSSL's reasons.
    virtual void handshake_failed(client_network, std::string_view /*why*/) {}
    // Called once after each batch of socket reads, so that what the batch brought can be worked on together.
    virtual void end_of_reads() = 0;
};

} // namespace meguri::net
