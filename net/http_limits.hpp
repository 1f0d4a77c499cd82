// What one HTTP front end allows a client. main fills it from the configuration; read by the io threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace meguri::net {

struct http_limits {
    std::uint32_t header_bytes = 8 * 1024; // request line and fields together
    std::uint32_t body_bytes = 64 * 1024;
    std::uint32_t bulk_body_bytes = 1024 * 1024;     // on bulk_paths
    std::vector<std::string> bulk_paths = {};        // patterns as in the router: "/v1/authorizations/bulk"
    std::uint32_t file_body_bytes = 2 * 1024 * 1024; // on file_paths
    std::vector<std::string> file_paths = {};

    std::uint32_t connections_max = 4096;    // of one front end
    std::uint32_t unsent_bytes = 256 * 1024; // a connection with more is not read from

    std::int64_t header_timeout_ms = 10'000; // first byte of a request to the end of its header; the TLS handshake too
    std::int64_t body_timeout_ms = 30'000;   // end of the header to the end of the body
    std::int64_t idle_timeout_ms = 60'000;   // nothing asked and nothing owed
    std::int64_t write_timeout_ms = 10'000;  // no progress while the client should read
    std::int64_t linger_timeout_ms = 5'000;  // for the client to take the last answer before the socket is closed
    std::uint32_t linger_bytes = 16 * 1024 * 1024; // what is read and thrown away meanwhile
    std::int64_t sweep_interval_ms = 250;          // how exactly all these are kept
};

// Requests of one connection that may wait for their answers at once. A power of two: the place in the ring is the
// sequence number's low bits.
inline constexpr std::uint32_t pipeline_slots = 32;

} // namespace meguri::net
