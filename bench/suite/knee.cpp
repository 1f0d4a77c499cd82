#include "bench/suite/knee.hpp"

#include "bench/suite/keeping_up.hpp"

#include <algorithm>
#include <cstdio>
#include <string>

namespace meguri::bench {
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
        if (!is_kept_up_with(with.rate_per_second, result)) continue;
        std::printf("knee: %.0f/s\n", with.rate_per_second);
        return with.rate_per_second;
    }
    session.fail("no rate was kept up with");
    return 0;
}

} // namespace meguri::bench
