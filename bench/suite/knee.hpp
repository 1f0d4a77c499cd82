// The highest rate that a switch keeps up with.
#pragma once

#include "bench/http_load.hpp"
#include "bench/suite/bench_session.hpp"

namespace meguri::bench {

struct knee {
    double per_second = 0; // the highest rate that was kept up with
    // The same of those at which the generator kept its own times: only there latencies are the switch's alone.
    double on_time_per_second = 0;
};

// Of the rates 100 %, 90 %, ... 20 % of what a closed loop reaches, seconds each, until the first that is both; a
// failed session where none is. `with` says connections and the like.
[[nodiscard]] knee find_knee(bench_session& session, load_settings with);

} // namespace meguri::bench
