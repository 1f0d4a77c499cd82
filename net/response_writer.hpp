// Puts one response on the wire: status line, fields, body.
#pragma once

#include "net/http_types.hpp"

#include <cstdint>
#include <string>

namespace meguri::net {

// What the framing of a response takes from its request and its connection.
struct response_framing {
    std::uint64_t request_id = 0;
    bool keep_alive = true;
    bool http_1_0 = false;  // keep-alive has to be said
    bool omit_body = false; // HEAD
};

// Appends to `out`, which is all the memory it needs.
void write_response(std::string& out, const http_response& response, const response_framing& framing);

} // namespace meguri::net
