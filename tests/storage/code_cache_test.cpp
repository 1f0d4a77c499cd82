#include "storage/code_cache.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace meguri::storage {
namespace {

ledger::known_code code_of(std::uint64_t wallet) { return {ledger::wallet_id{wallet}, 1, ledger::code_kind::card, {}}; }

TEST(code_cache, finds_what_was_kept_and_nothing_else) {
    code_cache cache;
    EXPECT_EQ(cache.find({1, 2}), nullptr);
    cache.keep({1, 2}, code_of(7));
    ASSERT_NE(cache.find({1, 2}), nullptr);
    EXPECT_EQ(cache.find({1, 2})->wallet, ledger::wallet_id{7});
    EXPECT_EQ(cache.find({2, 2}), nullptr) << "the same place, but another code";
    EXPECT_EQ(cache.find({1, 3}), nullptr);
    EXPECT_EQ(cache.find({}), nullptr) << "a free place is nobody's code";
}

TEST(code_cache, forgets_the_older_of_two_that_share_a_place) {
    code_cache cache;
    cache.keep({1, 2}, code_of(7));
    cache.keep({9, 2}, code_of(8));
    EXPECT_EQ(cache.find({1, 2}), nullptr);
    ASSERT_NE(cache.find({9, 2}), nullptr);
    EXPECT_EQ(cache.find({9, 2})->wallet, ledger::wallet_id{8});
}

TEST(code_cache, keeps_its_size_however_many_codes_come_by) {
    code_cache cache;
    std::uint64_t found = 0;
    for (std::uint64_t i = 1; i <= 200'000; ++i) cache.keep({i, i * 0x9E3779B97F4A7C15U}, code_of(i));
    for (std::uint64_t i = 1; i <= 200'000; ++i) {
        const auto* const kept = cache.find({i, i * 0x9E3779B97F4A7C15U});
        if (kept == nullptr) continue;
        ++found;
        ASSERT_EQ(kept->wallet, ledger::wallet_id{i});
    }
    EXPECT_GT(found, 1'000U);
    EXPECT_LT(found, 100'000U);
}

} // namespace
} // namespace meguri::storage
