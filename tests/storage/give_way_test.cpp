#include "storage/give_way.hpp"

#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace meguri::storage {
namespace {

TEST(give_way, offers_the_core_every_so_often_but_in_a_hurry) {
    give_way way;
    for (int i = 0; i < 3'200; ++i) way.step();
    EXPECT_EQ(way.offers(), 100U);
    for (int i = 0; i < 2'048; ++i) way.compared();
    EXPECT_EQ(way.offers(), 102U);
    way.hurry(true);
    for (int i = 0; i < 3'200; ++i) way.step();
    EXPECT_EQ(way.offers(), 102U);
    way.hurry(false);
    for (int i = 0; i < 32; ++i) way.step();
    EXPECT_EQ(way.offers(), 103U);
}

TEST(give_way, lets_a_sort_come_to_the_same_end) {
    for (const auto seed : test::seeds(20)) {
        test::dice random{seed};
        std::vector<std::uint64_t> values(random.below(20'000));
        for (auto& one : values) one = random.below(values.size() + 1);
        auto expected = values;
        std::sort(expected.begin(), expected.end());
        give_way way;
        way.hurry(random.one_in(2));
        sort(values, way);
        EXPECT_EQ(values, expected) << "seed " << seed;
    }
}

} // namespace
} // namespace meguri::storage
