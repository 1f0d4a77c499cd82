#include "storage/code_cache.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace meguri::storage {
namespace {

ledger::known_code code_of(std::uint64_t wallet) { return {ledger::wallet_id{wallet}, 1, ledger::code_kind::card, {}}; }

TEST(code_cache, finds_what_was_kept_and_nothing_else) {
    code_cache cache;
    EXPECT_EQ(cache.find({1, 2}), nullptr);
    cache.keep({1, 2}, code_of(7));
    ASSERT_NE(cache.find({1, 2}), nullptr);
    EXPECT_EQ(cache.find({1, 2})->wallet, ledger::wallet_id{7});
    EXPECT_EQ(cache.find({65, 2}), nullptr) << "the same place, but another code";
    EXPECT_EQ(cache.find({1, 3}), nullptr);
    EXPECT_EQ(cache.find({}), nullptr) << "a free place is nobody's code";
}

TEST(code_cache, forgets_the_older_of_two_that_share_a_place) {
    code_cache cache;
    cache.keep({1, 2}, code_of(7));
    cache.keep({65, 2}, code_of(8));
    EXPECT_EQ(cache.find({1, 2}), nullptr);
    ASSERT_NE(cache.find({65, 2}), nullptr);
    EXPECT_EQ(cache.find({65, 2})->wallet, ledger::wallet_id{8});
}

// How many of so many codes are still found once all were kept. Their digests are uniform, as those of a key are.
std::uint64_t kept_of(std::uint64_t codes) {
    std::mt19937_64 random{7};
    std::vector<ledger::digest128> digests;
    for (std::uint64_t i = 0; i < codes; ++i) digests.push_back({random(), random()});
    code_cache cache;
    for (std::uint64_t i = 0; i < codes; ++i) cache.keep(digests[i], code_of(i + 1));
    std::uint64_t found = 0;
    for (std::uint64_t i = 0; i < codes; ++i) {
        const auto* const kept = cache.find(digests[i]);
        if (kept == nullptr) continue;
        ++found;
        EXPECT_EQ(kept->wallet, ledger::wallet_id{i + 1});
    }
    return found;
}

TEST(code_cache, grows_with_the_codes_that_come_by) {
    EXPECT_GT(kept_of(1'000), 700U);
    EXPECT_GT(kept_of(200'000), 120'000U) << "some share places at every size";
}

TEST(code_cache, keeps_its_size_once_it_is_full) {
    const auto kept = kept_of(2'000'000);
    EXPECT_GT(kept, 200'000U);
    EXPECT_LE(kept, std::uint64_t{1} << 19);
}

} // namespace
} // namespace meguri::storage
