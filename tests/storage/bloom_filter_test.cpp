#include "storage/bloom_filter.hpp"

#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace meguri::storage {
namespace {

ledger::digest128 random_digest(test::dice& random) { return {random.engine()(), random.engine()()}; }

TEST(bloom_filter, knows_every_key_and_few_others) {
    for (const auto seed : test::seeds(4)) {
        SCOPED_TRACE(seed);
        test::dice random{seed};
        std::vector<ledger::digest128> keys(20'000);
        for (auto& key : keys) key = random_digest(random);
        bloom_filter filter{keys.size()};
        for (const auto& key : keys) filter.insert(key);
        for (const auto& key : keys) ASSERT_TRUE(filter.may_contain(key));
        int false_positives = 0;
        for (int i = 0; i < 100'000; ++i) false_positives += filter.may_contain(random_digest(random));
        EXPECT_LT(false_positives, 2'000) << "more than 2 in a hundred";
    }
}

TEST(bloom_filter, is_its_bytes) {
    test::dice random{7};
    bloom_filter filter{1'000};
    std::vector<ledger::digest128> keys(1'000);
    for (auto& key : keys) filter.insert(key = random_digest(random));
    bloom_filter again{1'000};
    ASSERT_EQ(again.size_bytes(), filter.size_bytes());
    std::ranges::copy(filter.bytes(), again.writable_bytes().begin());
    for (const auto& key : keys) ASSERT_TRUE(again.may_contain(key));
}

TEST(bloom_filter, without_keys_contains_nothing) {
    EXPECT_FALSE(bloom_filter{}.may_contain({1, 2}));
    EXPECT_FALSE(bloom_filter{0}.may_contain({1, 2}));
    EXPECT_EQ(bloom_filter::blocks_for(0), 1u);
    EXPECT_EQ(bloom_filter::blocks_for(1'000), 20u);
}

} // namespace
} // namespace meguri::storage
