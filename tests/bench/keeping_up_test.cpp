#include "bench/suite/keeping_up.hpp"

#include <gtest/gtest.h>

namespace meguri::bench {
namespace {

constexpr std::uint64_t one_ms = 1'000'000;

struct offered_rate {
    const char* name;
    std::uint64_t responses; // of 10,000/s offered, within a second
    std::uint64_t latency_ns;
    std::uint64_t shed;
    std::uint64_t unanswered;
    std::uint64_t lag_ns;
    bool kept_up;
};

TEST(keeping_up, is_answering_all_at_the_rate_without_a_backlog) {
    const offered_rate rows[] = {
        {"all within two milliseconds", 10'000, 2 * one_ms, 0, 0, 0, true},
        {"a stall of the switch", 10'000, 120 * one_ms, 0, 0, 0, true},
        {"a late generator, but all was answered", 10'000, 30 * one_ms, 0, 0, 5 * one_ms, true},
        {"a backlog", 10'000, 260 * one_ms, 0, 0, 0, false},
        {"a backlog of the generator's own", 10'000, 260 * one_ms, 0, 0, 260 * one_ms, false},
        {"fewer answers than arrivals", 9'700, 2 * one_ms, 0, 0, 0, false},
        {"one was shed", 10'000, 2 * one_ms, 1, 0, 0, false},
        {"one was left", 10'000, 2 * one_ms, 0, 1, 0, false},
    };
    for (const auto& one : rows) {
        load_result result;
        result.seconds = 1;
        result.responses = one.responses;
        result.shed = one.shed;
        result.unanswered = one.unanswered;
        result.latency.record(one.latency_ns);
        result.lag.record(one.lag_ns);
        EXPECT_EQ(is_kept_up_with(10'000, result), one.kept_up) << one.name;
    }
}

} // namespace
} // namespace meguri::bench
