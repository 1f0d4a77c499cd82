// What one HTTP front end counts. Written by its io thread alone, read by any thread that collects metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace meguri::net {

// A number with one writer: an increment is a plain add, because no other thread can come between.
class counter {
public:
    void add(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t n = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// Why the front end itself refused a request: see request_refusal.hpp.
enum class request_refusal : std::uint8_t;
inline constexpr std::size_t request_refusals = 12;

struct front_probes {
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
