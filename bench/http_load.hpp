// A closed-loop HTTP load: N keep-alive connections on raw sockets and epoll in the calling thread, each with a fixed
// number of requests under way. Cheap enough to keep one core of a server busy from the other. It believes the server:
// responses must be HTTP/1.1 with Content-Length.
#pragma once

#include "bench/latency_histogram.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::bench {

// What is asked, and what becomes of the answers. Called on the loading thread.
class load_source {
public:
    virtual ~load_source() = default;
    // Appends the next request of a connection, complete with header.
    virtual void next_request(std::uint32_t connection, std::string& out) = 0;
    // Sees the answers in the order of the requests.
    virtual void on_response(std::uint32_t connection, int status, std::string_view body) = 0;
};

struct load_settings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::uint32_t connections = 64;
    std::uint32_t pipeline = 1; // requests under way per connection
    double warm_up_s = 1;       // not counted
    double duration_s = 10;
};

struct load_result {
    std::uint64_t responses = 0; // within the counted time
    double seconds = 0;
    std::array<std::uint64_t, 6> by_status_class{};
    std::uint64_t connections_lost = 0; // closed by the server; the load goes on without them
    latency_histogram latency;          // from writing a request to having read its whole answer

    [[nodiscard]] double per_second() const { return seconds > 0 ? static_cast<double>(responses) / seconds : 0; }
};

// Runs the load and then waits up to a second for what is still under way. Throws std::system_error when it cannot
// connect.
[[nodiscard]] load_result run_http_load(const load_settings& settings, load_source& source);

// "112000/s p50 0.31 ms p90 .. p99 .. p99.9 .. max .."
[[nodiscard]] std::string describe(const load_result& result);

} // namespace meguri::bench
