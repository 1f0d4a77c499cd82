// When a switch is as before again, how long it stalled, and whether it needs more and more memory.
#include "bench/suite/memory_growth.hpp"
#include "bench/suite/recovery.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace meguri::bench {
namespace {

constexpr std::uint64_t ms = 1'000'000;

load_slot slot_of(std::uint64_t latency_ns, std::uint64_t shed = 0) {
    load_slot one;
    for (int i = 0; i < 100; ++i) one.latency.record(latency_ns);
    one.answered = 100 + shed;
    one.shed = shed;
    return one;
}

load_result result_of(std::initializer_list<load_slot> slots, std::uint64_t from_ns = 0, std::uint64_t until_ns = 0) {
    load_result result;
    result.by_slot = slots;
    result.counted_from_ns = from_ns;
    result.counted_until_ns = until_ns;
    return result;
}

TEST(recovery, counts_from_the_end_of_the_overload_to_the_first_good_second) {
    const auto before = result_of({slot_of(4 * ms), slot_of(8 * ms)}); // wanted: 10.5 ms
    const auto overload = result_of({}, 0, 1'000 * ms);
    const auto slow = slot_of(50 * ms);
    const auto good = slot_of(9 * ms);
    const auto found =
        recovery_after(before, overload, result_of({slow, good, slow, good, good, slow}, 1'300 * ms), 0.5);
    EXPECT_TRUE(found.recovered);
    EXPECT_NEAR(found.seconds, 0.3 + 1.5, 1e-9);
    EXPECT_NEAR(static_cast<double>(found.wanted_ns), 10.5e6, 0.3e6);
    EXPECT_FALSE(recovery_after(before, overload, result_of({slow, good, slow, good}), 0.5).recovered)
        << "half a second is not enough";
    EXPECT_FALSE(recovery_after(before, overload, result_of({slot_of(9 * ms, 1), slot_of(9 * ms, 1)}), 0.5).recovered)
        << "what is shed is not as before";
    EXPECT_FALSE(recovery_after(before, overload, result_of({load_slot{}, load_slot{}, load_slot{}}), 0.5).recovered)
        << "nothing was answered";
}

TEST(stall, is_the_longest_wait_or_silence) {
    auto result = result_of({slot_of(5 * ms), slot_of(25 * ms), slot_of(21 * ms)});
    auto found = stall_in(result, 0.1, 20 * ms);
    EXPECT_EQ(found.longest_ns, 25 * ms);
    EXPECT_NEAR(found.at_s, 0.1, 1e-9);
    EXPECT_EQ(found.slots_over, 2U);
    result.silence_ns = 30 * ms;
    result.silence_at_s = 0.22;
    found = stall_in(result, 0.1, 20 * ms);
    EXPECT_EQ(found.longest_ns, 30 * ms);
    EXPECT_NEAR(found.at_s, 0.22, 1e-9);
}

TEST(memory_growth, compares_the_end_with_the_second_fifth) {
    const std::vector<std::uint64_t> warm{10, 90, 100, 95, 100, 98, 99, 101, 100, 100};
    EXPECT_EQ(growth_within(warm, 0, 0).first_bytes, 100U);
    EXPECT_TRUE(growth_within(warm, 0, 0).is_within());
    const std::vector<std::uint64_t> leaking{10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
    EXPECT_FALSE(growth_within(leaking, 49, 0).is_within());
    EXPECT_TRUE(growth_within(leaking, 50, 0).is_within());
    EXPECT_TRUE(growth_within(leaking, 42, 1).is_within()) << "what each answer may leave";
    EXPECT_TRUE(growth_within({100}, 0, 0).is_within());
    EXPECT_TRUE(growth_within({}, 0, 0).is_within());
}

} // namespace
} // namespace meguri::bench
