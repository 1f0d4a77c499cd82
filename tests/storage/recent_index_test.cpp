#include "storage/recent_index.hpp"

#include "storage/key_ring.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace meguri::storage {
namespace {

using test::dice;

const key_ring& ring() {
    static const key_ring one{secret<std::array<std::byte, key_ring::key_bytes>>{{}}};
    return one;
}

using model = std::multimap<index_key, ledger::journal_position>;

std::vector<ledger::journal_position> newest_first(const model& known, const index_key& key, std::size_t limit) {
    std::vector<ledger::journal_position> found;
    const auto [begin, end] = known.equal_range(key);
    for (auto at = begin; at != end; ++at) found.push_back(at->second);
    std::sort(found.rbegin(), found.rend());
    if (found.size() > limit) found.resize(limit);
    return found;
}

TEST(recent_index, agrees_with_a_multimap) {
    for (const auto seed : test::seeds(8)) {
        SCOPED_TRACE(seed);
        dice random{seed};
        recent_index index{ring()};
        model known;
        std::vector<index_key> pool(3000);
        for (auto& key : pool)
            key = {static_cast<index_kind>(1 + random.below(4)), {random.engine()(), random.engine()()}};
        ledger::journal_position position = 0;
        for (int round = 0; round < 6; ++round) {
            for (int i = 0; i < 12'000; ++i) {
                const auto& key = random.one_in(50) ? pool[0] : random.any_of(pool);
                index.insert(key, ++position);
                known.emplace(key, position);
            }
            for (const auto& key : pool) {
                const auto limit = 1 + random.below(20);
                std::vector<ledger::journal_position> found;
                index.find_all(key, limit, found);
                ASSERT_EQ(found, newest_first(known, key, limit));
                const auto newest = newest_first(known, key, 1);
                ASSERT_EQ(index.find_last(key), newest.empty() ? std::nullopt : std::optional{newest.front()});
            }
            ASSERT_EQ(index.size(), known.size());
        }
    }
}

TEST(recent_index, keeps_kinds_apart) {
    recent_index index{ring()};
    index.insert({index_kind::code, {1, 2}}, 7);
    EXPECT_EQ(index.find_last({index_kind::code, {1, 2}}), 7u);
    EXPECT_FALSE(index.find_last({index_kind::bearer, {1, 2}}).has_value());
}

TEST(recent_index, forgets_nothing_after_the_checkpoint_and_all_at_last) {
    recent_index index{ring()};
    dice random{1};
    std::vector<index_key> keys;
    for (ledger::journal_position position = 1; position <= 100'000; ++position) {
        keys.push_back({index_kind::idempotency, {random.engine()(), random.engine()()}});
        index.insert(keys.back(), position);
    }
    index.forget_through(60'000);
    EXPECT_LT(index.size(), 100'000u - 60'000u + 16 * 2048);
    for (ledger::journal_position position = 60'001; position <= 100'000; ++position)
        ASSERT_EQ(index.find_last(keys[position - 1]), position);
    index.forget_through(100'000);
    EXPECT_EQ(index.size(), 0u);
    EXPECT_FALSE(index.find_last(keys.back()).has_value());
}

} // namespace
} // namespace meguri::storage
