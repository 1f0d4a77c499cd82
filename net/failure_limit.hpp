// How many failed authentications each network may have: some at once, then so many a second (a token bucket, counted
// as the time at which it will be full again). The table never grows: in a full row the network that has come nearest
// to its full bucket gives its place up, so who floods it from many addresses is limited less, and nobody else more.
// On one io thread alone.
#pragma once

#include "net/client_network.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace meguri::net {

struct failure_limit_settings {
    std::uint32_t per_second = 0; // of one network; 0: no limit
    std::uint32_t burst = 1;      // at once, 1 or more
};

class failure_limit {
public:
    explicit failure_limit(const failure_limit_settings& with) : rows_(rows) { set(with); }

    // From now on; what was counted stays.
    void set(const failure_limit_settings& with) noexcept;

    // One more failure from there. Whether it was within the limit; one beyond it costs nothing further, so that it is
    // never longer than 1 / per_second until the next is admitted. `now_ns`: the steady clock.
    bool count(client_network from, std::int64_t now_ns) noexcept;

    // Whether another failure from there would be beyond the limit.
    [[nodiscard]] bool is_reached(client_network from, std::int64_t now_ns) const noexcept;

    static constexpr std::size_t rows = 1'024;
    static constexpr std::size_t places = 4; // of a row

private:
    struct bucket {
        client_network from;
        std::int64_t full_at_ns = 0;
    };
    using row = std::array<bucket, places>;

    [[nodiscard]] static std::size_t row_of(client_network from) noexcept;
    [[nodiscard]] bool admits_another(std::int64_t full_at_ns, std::int64_t now_ns) const noexcept {
        return full_at_ns <= now_ns + slack_ns_;
    }

    std::vector<row> rows_;
    std::int64_t interval_ns_ = 0; // between two failures at an even pace; 0: no limit
    std::int64_t slack_ns_ = 0;
};

} // namespace meguri::net
