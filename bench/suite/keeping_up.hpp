// What "keeping up with a rate" is.
#pragma once

#include "bench/http_load.hpp"

namespace meguri::bench {

// Answered at the rate that was offered, nothing shed or left, and nobody waited as long as a growing backlog makes
// one wait. Whether the generator was late is not asked: latencies count from the arrivals that were intended, so
// lateness can only hide that a rate was kept up with, never feign it.
[[nodiscard]] bool is_kept_up_with(double offered_per_second, const load_result& result);

} // namespace meguri::bench
