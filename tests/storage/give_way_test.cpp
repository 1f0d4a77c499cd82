#include "storage/give_way.hpp"

#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace meguri::storage {
namespace {

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
