// The highest rate that a switch keeps up with, and what "keeping up" is.
#pragma once

#include "bench/http_load.hpp"
#include "bench/suite/bench_session.hpp"

namespace meguri::bench {

// Answered at the rate that was offered, nothing shed or left, and nobody waited as long as a growing backlog makes
// one wait.
[[nodiscard]] bool is_kept_up_with(const load_settings& with, const load_result& result);

// Of the rates 100 %, 90 %, ... 20 % of what a closed loop reaches the first that is kept up with, seconds each; 0 and
// a failed session where none is. `with` says connections and the like.
[[nodiscard]] double find_knee(bench_session& session, load_settings with);

} // namespace meguri::bench
