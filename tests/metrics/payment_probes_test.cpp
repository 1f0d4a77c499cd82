#include "metrics/payment_probes.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace meguri::metrics {
namespace {

constexpr std::int64_t us = 1000;
constexpr std::int64_t start = 1'000'000'000'000;

std::vector<std::int64_t> stage_sums(const payment_probes& probes) {
    std::vector<std::int64_t> sums;
    for (std::size_t i = 0; i < payment_stages; ++i)
        sums.push_back(probes.stage(static_cast<payment_stage>(i)).sum_ns / us);
    return sums;
}
std::vector<std::uint64_t> stage_counts(const payment_probes& probes) {
    std::vector<std::uint64_t> counts;
    for (std::size_t i = 0; i < payment_stages; ++i)
        counts.push_back(probes.stage(static_cast<payment_stage>(i)).count());
    return counts;
}

TEST(payment_probes, time_each_stage_and_the_whole_way) {
    payment_probes probes;
    probes.admitted();
    probes.record({start, start + 10 * us, start + 30 * us, start + 60 * us, start + 160 * us, start + 560 * us,
                   start + 620 * us},
                  1, 0);
    EXPECT_EQ(stage_sums(probes), (std::vector<std::int64_t>{10, 20, 30, 100, 400, 60}));
    EXPECT_EQ(stage_counts(probes), (std::vector<std::uint64_t>{1, 1, 1, 1, 1, 1}));
    EXPECT_EQ(probes.whole().sum_ns, 620 * us);
    EXPECT_EQ(probes.whole().count(), 1u);
}

// A credential that is nobody's is declined by the merchant's actor; what is refused never reaches the journal.
TEST(payment_probes, a_stage_that_was_not_passed_leaves_its_time_to_the_next) {
    struct row {
        payment_times times;
        std::vector<std::int64_t> sums;
        std::vector<std::uint64_t> counts;
    };
    const std::vector<row> rows{
        {{start, start + 10 * us, start + 30 * us, 0, start + 160 * us, start + 560 * us, start + 620 * us},
         {10, 20, 0, 130, 400, 60},
         {1, 1, 0, 1, 1, 1}},
        {{start, start + 10 * us, start + 30 * us, 0, 0, 0, start + 40 * us},
         {10, 20, 0, 0, 0, 10},
         {1, 1, 0, 0, 0, 1}},
        {{start, start + 10 * us, 0, 0, 0, 0, start + 40 * us}, {10, 0, 0, 0, 0, 30}, {1, 0, 0, 0, 0, 1}},
        {{start, 0, 0, 0, 0, 0, start + 40 * us}, {0, 0, 0, 0, 0, 40}, {0, 0, 0, 0, 0, 1}},
    };
    for (const auto& [times, sums, counts] : rows) {
        payment_probes probes;
        probes.admitted();
        probes.record(times, 0, std::nullopt);
        EXPECT_EQ(stage_sums(probes), sums);
        EXPECT_EQ(stage_counts(probes), counts);
        std::int64_t all = 0;
        for (const auto one : stage_sums(probes)) all += one;
        EXPECT_EQ(probes.whole().sum_ns, all * us) << "the stages add up to the whole";
    }
}

TEST(payment_probes, without_begin_or_end_count_but_do_not_time) {
    payment_probes probes;
    for (const payment_times& times : {payment_times{}, {0, 1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6, 0}}) {
        probes.admitted();
        probes.record(times, 2, 14);
    }
    EXPECT_EQ(probes.whole().count(), 0u);
    EXPECT_EQ(stage_counts(probes), (std::vector<std::uint64_t>(payment_stages, 0)));
    EXPECT_EQ(probes.endings(2), 3u);
    EXPECT_EQ(probes.outcomes(14), 3u);
}

TEST(payment_probes, count_outcomes_endings_sheds_and_what_is_in_flight) {
    payment_probes probes;
    for (int i = 0; i < 5; ++i) probes.admitted();
    probes.shed();
    EXPECT_EQ(probes.in_flight(), 5u);
    probes.record({}, 1, 0);
    probes.record({}, 1, 14);
    probes.record({}, 2, std::nullopt);
    EXPECT_EQ(probes.in_flight(), 2u);
    EXPECT_EQ(probes.sheds(), 1u);
    EXPECT_EQ(probes.endings(1), 2u);
    EXPECT_EQ(probes.endings(2), 1u);
    EXPECT_EQ(probes.outcomes(0), 1u);
    EXPECT_EQ(probes.outcomes(14), 1u);
    std::uint64_t decided = 0;
    for (std::size_t i = 0; i < payment_probes::outcomes_max; ++i) decided += probes.outcomes(i);
    EXPECT_EQ(decided, 2u) << "a repetition decides nothing";
}

TEST(payment_probes_contract, a_number_without_room_aborts) {
    payment_probes probes;
    EXPECT_DEATH(probes.record({}, payment_probes::endings_max, std::nullopt), "");
    EXPECT_DEATH(probes.record({}, 0, payment_probes::outcomes_max), "");
}

} // namespace
} // namespace meguri::metrics
