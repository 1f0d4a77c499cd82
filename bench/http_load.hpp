// An HTTP load: N keep-alive connections on raw sockets and epoll in the calling thread. Closed loop: each has a fixed
// number of requests under way. Open loop: requests arrive as a Poisson process whether or not the server keeps up; one
// that finds no connection free waits, and its latency counts from when it was meant to be sent, so a stalled server
// cannot hide its stall by not being asked. Cheap enough to keep one core of a server busy from the other. It believes
// the server: responses must be HTTP/1.1 with Content-Length.
#pragma once

#include "bench/latency_histogram.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

// Views that end with the call.
struct http_answer {
    int status = 0;
    std::string_view header; // status line and fields, up to the last field's end
    std::string_view body;
};

// What is asked, and what becomes of the answers. Called on the loading thread.
class load_source {
public:
    virtual ~load_source() = default;
    // The connections are new: what was asked on those before is not answered any more.
    virtual void begin_connections() {}
    // Appends the next request of a connection, complete with header.
    virtual void next_request(std::uint32_t connection, std::string& out) = 0;
    // Sees the answers in the order of the requests.
    virtual void on_response(std::uint32_t connection, const http_answer& answer) = 0;
};

// How a load goes, for who watches it.
struct load_progress {
    double at_s = 0;              // since the first request
    double per_second = 0;        // answers since the last call
    std::uint64_t p99_ns = 0;     // of these
    std::uint64_t waiting_ns = 0; // how long ago what is sent next arrived: a backlog, or a slow generator
};

struct load_settings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::uint32_t connections = 64;
    std::uint32_t pipeline = 1;  // requests under way per connection, at most
    std::string tls_certificate; // PEM file of the one that the server shows; empty: without TLS
    double rate_per_second = 0;  // of the open loop's arrivals; 0: closed loop
    std::uint64_t seed = 1;      // of the arrivals
    double warm_up_s = 1;        // not counted
    double duration_s = 10;
    double slot_s = 1;                                  // how finely the result is told over time
    std::function<void(const load_progress&)> progress; // called each second, if set
};

// What falls into one slot: by its arrival in open loop, by its answer in closed loop.
struct load_slot {
    latency_histogram latency;
    std::uint64_t answered = 0;
    std::uint64_t shed = 0; // of these, answered 503
};

struct load_result {
    std::uint64_t responses = 0; // within the counted time
    double seconds = 0;
    std::array<std::uint64_t, 6> by_status_class{};
    std::uint64_t connections_lost = 0; // closed by the server; the load goes on without them
    // To having read the whole answer, from writing the request or from its arrival. Those that were never answered
    // are in it with the time that they had waited when the load gave up; those answered 503 are not: they waited for
    // nothing.
    latency_histogram latency;
    std::vector<load_slot> by_slot;
    std::uint64_t silence_ns = 0;      // the longest time without any answer, while there was something to answer
    double silence_at_s = 0;           // when it began, in the counted time
    std::uint64_t counted_from_ns = 0; // on the steady clock
    std::uint64_t counted_until_ns = 0;
    std::uint64_t shed = 0;       // answered 503
    std::uint64_t unanswered = 0; // asked within the counted time, and no answer came
    latency_histogram lag;        // of the open loop itself: how late it took note of an arrival
    double cpu_share = 0;         // of the loading thread, of one core, in the counted time

    // The generator was too slow for what it was to measure: the figures are its own.
    [[nodiscard]] bool generator_lagged() const {
        return lag.percentile_ns(0.99) > lag_max_ns || cpu_share > cpu_share_max;
    }
    static constexpr std::uint64_t lag_max_ns = 1'000'000;
    static constexpr double cpu_share_max = 0.95;

    [[nodiscard]] double per_second() const { return seconds > 0 ? static_cast<double>(responses) / seconds : 0; }
};

// Runs the load and then waits up to a second for what is still under way. Throws std::system_error when it cannot
// connect, std::runtime_error when TLS fails.
[[nodiscard]] load_result run_http_load(const load_settings& settings, load_source& source);

// "112000/s p50 0.31 ms p90 .. p99 .. p99.9 .. max .."
[[nodiscard]] std::string describe(const load_result& result);

} // namespace meguri::bench
