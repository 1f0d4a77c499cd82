#include "bench/suite/knee.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace meguri::bench {
namespace {

constexpr double keeps_up = 0.98; // of what was offered

// Which no stall of the switch alone lasts.
constexpr std::uint64_t backlog_ns = 250'000'000;

} // namespace

bool is_kept_up_with(const load_settings& with, const load_result& result) {
    return !result.generator_lagged() && result.shed + result.unanswered == 0 && result.latency.max_ns() < backlog_ns &&
           result.per_second() >= keeps_up * with.rate_per_second;
}

double find_knee(bench_session& session, load_settings with) {
    with.warm_up_s = 1;
    with.duration_s = 3;
    with.rate_per_second = 0;
    // In a closed loop more connections than these wait in line and answer nothing more.
    const auto connections = with.connections;
    with.connections = std::min(connections, 64U);
    with.pipeline = 1;
    const double saturated = session.measure("saturated", with).per_second();
    with.connections = connections;
    for (int percent = 100; percent >= 20; percent -= 10) {
        with.rate_per_second = saturated * percent / 100;
        ++with.seed;
        const auto result = session.measure(std::to_string(percent) + " %", with);
        if (!is_kept_up_with(with, result)) continue;
        std::printf("knee: %.0f/s\n", with.rate_per_second);
        return with.rate_per_second;
    }
    session.fail("no rate was kept up with");
    return 0;
}

} // namespace meguri::bench
