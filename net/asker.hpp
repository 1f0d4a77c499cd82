// What the API keeps of a request until it is answered.
#pragma once

#include "net/client_network.hpp"
#include "net/http_types.hpp"
#include "net/trace_id.hpp"

#include <cstdint>

namespace meguri::net {

struct asker {
    reply_address to;
    std::uint64_t request_id = 0;
    std::uint16_t route = 0;
    http_method method = http_method::other;
    bool gave_key = false;
    std::int64_t received_ns = 0; // steady clock
    trace_id trace = {};
    client_network from = {}; // of who is not known by a key yet
};

} // namespace meguri::net
