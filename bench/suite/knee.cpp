#include "bench/suite/knee.hpp"

#include "bench/suite/keeping_up.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace meguri::bench {
knee find_knee(bench_session& session, load_settings with) {
    with.warm_up_s = 1;
    with.duration_s = 3;
    with.rate_per_second = 0;
    // In a closed loop more connections than these wait in line and answer nothing more.
    const auto connections = with.connections;
    with.connections = std::min(connections, 64U);
    with.pipeline = 1;
    const double saturated = session.measure("saturated", with).per_second();
    with.connections = connections;
    knee found;
    for (int percent = 100; percent >= 20; percent -= 10) {
        with.rate_per_second = saturated * percent / 100;
        ++with.seed;
        const auto result = session.measure(std::to_string(percent) + " %", with);
        if (!is_kept_up_with(with.rate_per_second, result)) continue;
        found.per_second = std::max(found.per_second, with.rate_per_second);
        if (result.generator_lagged()) continue;
        found.on_time_per_second = with.rate_per_second;
        std::printf("knee: %.0f/s; with the generator on time %.0f/s\n", found.per_second, found.on_time_per_second);
        return found;
    }
    session.fail("no rate was kept up with while the generator was on time");
    return found;
}

} // namespace meguri::bench
