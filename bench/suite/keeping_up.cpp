#include "bench/suite/keeping_up.hpp"

namespace meguri::bench {
namespace {

constexpr double keeps_up = 0.98; // of what was offered

// Which no stall of the switch alone lasts.
constexpr std::uint64_t backlog_ns = 250'000'000;

} // namespace

bool is_kept_up_with(double offered_per_second, const load_result& result) {
    return result.shed + result.unanswered == 0 && result.latency.max_ns() < backlog_ns &&
           result.per_second() >= keeps_up * offered_per_second;
}

} // namespace meguri::bench
