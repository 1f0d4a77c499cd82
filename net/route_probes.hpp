// How often and how long each route was asked: of one io thread, written by it alone, read by any thread.
#pragma once

#include "metrics/counter.hpp"
#include "metrics/histogram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace meguri::net {

class route_probes {
public:
    // By the status' first digit; 0 and 1 stay empty.
    static constexpr std::size_t status_classes = 6;

    struct route {
        metrics::latency_histogram duration; // from the request's last byte to its answer
        std::array<metrics::counter, status_classes> answers;
    };

    // One more than routes: the last is for requests that no route matched.
    explicit route_probes(std::size_t routes) : routes_(routes + 1) {}

    [[nodiscard]] std::uint16_t unrouted() const noexcept { return static_cast<std::uint16_t>(routes_.size() - 1); }

    void record(std::uint16_t number, int status, std::int64_t took_ns) noexcept {
        auto& one = routes_[number];
        one.duration.record(took_ns);
        one.answers.at(static_cast<std::size_t>(status / 100)).add();
    }

    // Any thread.
    [[nodiscard]] const route& of(std::size_t number) const noexcept { return routes_[number]; }
    [[nodiscard]] std::size_t size() const noexcept { return routes_.size(); }

private:
    std::vector<route> routes_; // never grows: a reader may look at any time
};

} // namespace meguri::net
