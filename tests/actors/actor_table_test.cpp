#include "actors/actor_table.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>

namespace meguri::actors {
namespace {

using handle = std::shared_ptr<int>;
using table = actor_table<ledger::wallet_id, handle>;

ledger::wallet_id id_of(std::uint64_t number) { return ledger::wallet_id{number}; }

TEST(actor_table, finds_what_was_added_where_it_was_added) {
    table actors;
    EXPECT_EQ(actors.find(id_of(1)), nullptr);
    std::map<std::uint64_t, table::slot*> added;
    for (std::uint64_t i = 1; i <= 10'000; ++i) added[i] = &actors.add(id_of(i), std::make_shared<int>(i));
    EXPECT_EQ(actors.size(), 10'000U);
    for (const auto& [number, slot] : added) {
        ASSERT_EQ(actors.find(id_of(number)), slot) << "wallet " << number << " moved as the table grew";
        ASSERT_EQ(*slot->handle, static_cast<int>(number));
    }
    EXPECT_EQ(actors.find(id_of(10'001)), nullptr);
}

TEST(actor_table, clear_lets_go_of_all) {
    table actors;
    const auto kept = std::make_shared<int>(1);
    actors.add(id_of(1), kept);
    actors.clear();
    EXPECT_EQ(kept.use_count(), 1);
    EXPECT_EQ(actors.size(), 0U);
    EXPECT_EQ(actors.find(id_of(1)), nullptr);
    actors.sweep(10, 10, 10);
    EXPECT_EQ(*actors.add(id_of(1), kept).handle, 1);
}

struct sweep_row {
    const char* name;
    std::uint32_t last_used;
    std::uint32_t unfinished;
    ledger::journal_position last_position;
    bool stays;
};

TEST(actor_table, sweep_lets_go_of_who_is_idle_and_clean) {
    // Used before tick 10, and the checkpoint at 100.
    const sweep_row rows[] = {
        {"idle and clean", 9, 0, 100, false},
        {"never had an entry", 9, 0, 0, false},
        {"used lately", 10, 0, 100, true},
        {"has something unfinished", 9, 1, 100, true},
        {"its last entry is not in the state store", 9, 0, 101, true},
    };
    for (const auto& row : rows) {
        table actors;
        const auto kept = std::make_shared<int>(1);
        auto& slot = actors.add(id_of(7), kept);
        slot.last_used = row.last_used;
        slot.unfinished = row.unfinished;
        slot.last_position = row.last_position;
        actors.sweep(1, 10, 100);
        EXPECT_EQ(actors.find(id_of(7)) != nullptr, row.stays) << row.name;
        EXPECT_EQ(kept.use_count(), row.stays ? 2 : 1) << row.name;
    }
}

TEST(actor_table, sweeps_go_on_where_the_last_one_ended) {
    table actors;
    for (std::uint64_t i = 1; i <= 1'000; ++i) actors.add(id_of(i), nullptr).last_used = 20;
    for (std::uint64_t i = 1; i <= 1'000; ++i) actors.find(id_of(i))->last_used = i <= 500 ? 1 : 20;
    for (int i = 0; i < 10; ++i) actors.sweep(100, 10, 0);
    EXPECT_EQ(actors.size(), 500U) << "ten times a hundred are all of a thousand";
}

// Adding, finding and sweeping beside a map: what a sweep erases must never hide what stays.
TEST(actor_table, is_as_a_map_is) {
    for (const auto seed : test::seeds(20)) {
        SCOPED_TRACE("MEGURI_SEED=" + std::to_string(seed));
        test::dice roll{seed};
        table actors;
        std::map<std::uint64_t, std::uint32_t> expected; // last used, by wallet
        const std::uint64_t step = std::uint64_t{1} << roll.below(20);
        std::uint32_t tick = 1;
        for (int turn = 0; turn < 3'000; ++turn) {
            const auto number = (1 + roll.below(2'000)) * step;
            if (auto* const live = actors.find(id_of(number))) {
                ASSERT_TRUE(expected.contains(number));
                live->last_used = tick;
            } else {
                ASSERT_FALSE(expected.contains(number)) << "wallet " << number << " was lost";
                actors.add(id_of(number), nullptr).last_used = tick;
            }
            expected[number] = tick;
            if (roll.below(100) > 0) continue;
            ++tick;
            const auto used_before =
                tick - std::min<std::uint32_t>(tick, 1 + static_cast<std::uint32_t>(roll.below(4)));
            actors.sweep(roll.below(3) == 0 ? 10 : 100'000, used_before, 0);
            std::erase_if(expected, [&](const auto& one) {
                const bool gone = actors.find(id_of(one.first)) == nullptr;
                EXPECT_TRUE(!gone || one.second < used_before) << "wallet " << one.first << " was in use";
                return gone;
            });
            ASSERT_EQ(actors.size(), expected.size());
        }
        // Two sweeps see everybody, whereever the last one ended.
        actors.sweep(100'000, tick + 1, 0);
        actors.sweep(100'000, tick + 1, 0);
        EXPECT_EQ(actors.size(), 0U);
    }
}

} // namespace
} // namespace meguri::actors
