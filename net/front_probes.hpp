// What one HTTP front end counts. Written by its io thread alone, read by any thread that collects metrics.
#pragma once

#include "metrics/counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace meguri::net {

// Why the front end itself refused a request: see request_refusal.hpp.
enum class request_refusal : std::uint8_t;
inline constexpr std::size_t request_refusals = 12;

struct front_probes {
    using counter = metrics::counter;

    counter connections_now; // open ones, those that only linger included
    counter connections_accepted;
    counter connections_refused; // over the limit
    counter connections_timed_out;
    counter tls_handshakes_failed;
    counter requests;         // well-formed ones, handed to the handler
    counter requests_waiting; // handed over and not yet answered
    counter answers_dropped;  // the connection was gone when the answer came
    counter bytes_in;         // from the socket: ciphertext where there is TLS
    counter bytes_out;
    std::array<counter, request_refusals> refused; // by request_refusal
    std::array<counter, 6> responses;              // by status class: [2] counts 2xx
};

} // namespace meguri::net
