#include "bench/report/compare.hpp"

#include "bench/report/field.hpp"
#include "bench/report/mann_whitney.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace meguri::bench {
namespace {

struct p_row {
    std::vector<double> one;
    std::vector<double> other;
    double p;
};

// Counted by hand among all orders of the figures; the last one by the approximation with its correction for ties.
TEST(mann_whitney, gives_the_p_of_the_tables) {
    const std::vector<p_row> rows{
        {{1, 2, 3}, {4, 5, 6}, 0.1},
        {{1, 2, 3, 4}, {5, 6, 7, 8}, 2.0 / 70},
        {{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}, 2.0 / 252},
        {{1, 3, 5, 7}, {2, 4, 6, 8}, 48.0 / 70},
        {{1, 2, 3, 4, 6}, {5, 7, 8, 9, 10}, 4.0 / 252},
        {{1}, {2}, 1},
        {{1, 1, 1}, {1, 1, 1}, 1},
        {{1, 1, 2, 2}, {2, 3, 3, 3}, 0.04706},
    };
    for (const auto& row : rows) {
        EXPECT_NEAR(mann_whitney_p(row.one, row.other), row.p, 1e-3) << row.p;
        EXPECT_DOUBLE_EQ(mann_whitney_p(row.one, row.other), mann_whitney_p(row.other, row.one));
    }
}

record of_times(const std::vector<double>& ns) {
    record made;
    made.kind = "micro";
    made.file = "some.json";
    made.valid = true;
    made.micro = {{"decide", ns}};
    return made;
}

struct verdict_row {
    std::vector<double> before;
    std::vector<double> after;
    verdict says;
    double ratio;
};

TEST(compare, says_of_times_which_are_faster_or_slower) {
    const std::vector<verdict_row> rows{
        {{10, 11, 12, 13, 14}, {20, 21, 22, 23, 24}, verdict::slower, 22.0 / 12},
        {{20, 21, 22, 23, 24}, {10, 11, 12, 13, 14}, verdict::faster, 12.0 / 22},
        {{10, 14, 18, 22, 26}, {11, 15, 19, 23, 27}, verdict::within_noise, 19.0 / 18},
        {{100, 100.1, 100.2, 100.3, 100.4}, {101, 101.1, 101.2, 101.3, 101.4}, verdict::within_noise, 101.2 / 100.2},
        {{10, 11, 12}, {20, 21, 22}, verdict::too_few, 21.0 / 11},
    };
    for (const auto& row : rows) {
        const auto all = compare(of_times(row.before), of_times(row.after));
        ASSERT_EQ(all.size(), 1U);
        EXPECT_EQ(all[0].says, row.says) << text_of(all[0].says) << " instead of " << text_of(row.says);
        EXPECT_DOUBLE_EQ(all[0].ratio, row.ratio);
    }
    EXPECT_DOUBLE_EQ(compare(of_times({10, 11, 12, 13, 14}), of_times({1, 1, 1, 1, 1}))[0].old_noise, 2.0 / 12);
}

TEST(compare, says_of_rates_that_more_is_faster) {
    record before;
    before.kind = "peers";
    before.valid = true;
    before.peers = {{.name = "Meguri",
                     .version = {},
                     .status = "measured",
                     .detail = {},
                     .durability = {},
                     .work = {},
                     .rounds = {10, 11, 12, 13}}};
    auto after = before;
    after.peers[0].rounds = {20, 21, 22, 23};
    EXPECT_EQ(compare(before, after)[0].says, verdict::faster);
    EXPECT_EQ(compare(after, before)[0].says, verdict::slower);
    after.peers[0].status = "failed";
    EXPECT_EQ(compare(before, after)[0].says, verdict::only_in_old) << "what failed has no figure";
}

TEST(compare, takes_the_rate_of_a_closed_loop_and_the_latency_of_an_open_one) {
    record before;
    before.kind = "load";
    before.valid = true;
    measured_run run{};
    run.name = "load";
    for (const double at : {0.0, 1.0, 2.0, 3.0}) run.over_time.push_back({at, 100 + at, 0, 50, 200 + at, 300});
    before.runs = {run};
    auto after = before;
    for (auto& slot : after.runs[0].over_time) {
        slot.answered *= 2;
        slot.p99_us *= 3;
    }
    EXPECT_EQ(compare(before, after)[0].says, verdict::faster);
    before.runs[0].offered_per_second = after.runs[0].offered_per_second = 100;
    EXPECT_EQ(compare(before, after)[0].says, verdict::slower);
}

TEST(compare, names_rows_that_one_side_alone_has) {
    auto after = of_times({1, 2, 3, 4});
    after.micro[0].name = "encode";
    const auto all = compare(of_times({1, 2, 3, 4}), after);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].says, verdict::only_in_old);
    EXPECT_EQ(all[1].says, verdict::only_in_new);
}

TEST(compare, refuses_other_kinds_and_what_is_not_valid) {
    auto other = of_times({1});
    other.kind = "peers";
    EXPECT_THROW(static_cast<void>(compare(of_times({1}), other)), bad_record);
    auto invalid = of_times({1});
    invalid.valid = false;
    EXPECT_THROW(static_cast<void>(compare(of_times({1}), invalid)), bad_record);
}

} // namespace
} // namespace meguri::bench
