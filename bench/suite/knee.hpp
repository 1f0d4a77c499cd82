// The highest rate that a switch keeps up with.
#pragma once

#include "bench/http_load.hpp"
#include "bench/suite/bench_session.hpp"

namespace meguri::bench {

// Of the rates 100 %, 90 %, ... 20 % of what a closed loop reaches the first that is kept up with, seconds each; 0 and
// a failed session where none is. `with` says connections and the like.
[[nodiscard]] double find_knee(bench_session& session, load_settings with);

} // namespace meguri::bench
