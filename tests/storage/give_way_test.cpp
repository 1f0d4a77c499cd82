#include "storage/give_way.hpp"

#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace meguri::storage {
namespace {

TEST(sort_giving_way, sorts_as_std_sort_does) {
    for (const auto seed : test::seeds(20)) {
        test::dice random{seed};
        std::vector<std::uint64_t> values(random.below(20'000));
        for (auto& one : values) one = random.below(values.size() + 1);
        auto expected = values;
        std::sort(expected.begin(), expected.end());
        sort_giving_way(values);
        EXPECT_EQ(values, expected) << "seed " << seed;
    }
}

} // namespace
} // namespace meguri::storage
