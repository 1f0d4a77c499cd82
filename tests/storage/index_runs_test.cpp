// The run store against a multimap, through small slices, merges, and restarts in the middle of either.
#include "storage/index_run_lookup.hpp"
#include "storage/index_run_store.hpp"
#include "storage/state_store.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace meguri::storage {
namespace {

using ledger::digest128;
using ledger::journal_position;

constexpr std::size_t map_bytes = std::size_t{1} << 30;

class run_scene {
public:
    run_scene() { reopen(); }

    void reopen() {
        state_.reset();
        state_ = state_store::open(folder_.path(), map_bytes).value();
    }
    [[nodiscard]] index_run_store& runs() { return state_->idempotency(); }

    // A checkpoint's run in slices; false where it ends before the last one, as a crash does.
    bool checkpoint(const std::vector<run_key>& keys, std::size_t puts, std::size_t slices_max) {
        give_way way;
        runs().begin(keys, way);
        for (std::size_t slice = 0; slice < slices_max; ++slice) {
            auto within = state_->begin_write().value();
            slice_budget budget{puts};
            const bool whole = runs().write_some(within, budget).value();
            const auto recorded = whole ? runs().record(within) : tl::expected<void, error>{};
            EXPECT_TRUE(recorded.has_value() && std::move(within).commit().has_value());
            if (!whole) continue;
            runs().publish();
            return true;
        }
        return false;
    }
    void upkeep(std::size_t puts) {
        auto within = state_->begin_write().value();
        slice_budget budget{puts};
        ASSERT_TRUE(runs().upkeep(within, budget).has_value());
        ASSERT_TRUE(std::move(within).commit().has_value());
        runs().upkeep_committed();
    }
    [[nodiscard]] std::vector<journal_position> find(const digest128& digest, std::size_t limit) {
        auto within = state_->begin_read().value();
        std::vector<journal_position> found;
        const auto set = runs().board().current();
        EXPECT_TRUE(find_in_runs(within, runs().databases(), *set, digest, limit, found).has_value());
        return found;
    }
    // Run numbers that have blocks in any level.
    [[nodiscard]] std::set<run_number> numbers_on_disk() {
        std::set<run_number> found;
        auto within = state_->begin_read().value();
        for (const auto level : runs().databases().levels) {
            auto over = within.open_cursor(level).value();
            for (auto at = over.first(); at && *at; at = over.next()) found.insert(*run_number_of((**at).key));
        }
        return found;
    }
    [[nodiscard]] std::set<run_number> numbers_in_use() {
        std::set<run_number> found;
        for (const auto& run : runs().board().current()->runs) found.insert(run->info.number);
        return found;
    }

private:
    test::temporary_folder folder_;
    std::unique_ptr<state_store> state_;
};

class run_model {
public:
    explicit run_model(test::dice& random) : random_{random}, pool_(4'000) {
        for (auto& digest : pool_) digest = {random_.engine()(), random_.engine()()};
    }
    [[nodiscard]] std::vector<run_key> next(std::size_t count) {
        std::vector<run_key> keys;
        for (std::size_t i = 0; i < count; ++i)
            keys.push_back({random_.one_in(8) ? pool_[0] : random_.any_of(pool_), ++position_});
        return keys;
    }
    void learn(const std::vector<run_key>& keys) {
        for (const auto& key : keys) known_[key.digest].push_back(key.position);
    }
    void expect_found(run_scene& scene) {
        for (const auto& digest : pool_) {
            const auto limit = 1 + random_.below(5);
            auto expected = known_[digest];
            std::sort(expected.rbegin(), expected.rend());
            if (expected.size() > limit) expected.resize(limit);
            ASSERT_EQ(scene.find(digest, limit), expected);
        }
        ASSERT_EQ(scene.find(pool_[0], 1'000'000).size(), known_[pool_[0]].size());
        ASSERT_TRUE(scene.find({random_.engine()(), random_.engine()()}, 3).empty());
    }

private:
    test::dice& random_;
    std::vector<digest128> pool_;
    std::map<digest128, std::vector<journal_position>> known_;
    journal_position position_ = 0;
};

TEST(index_runs, agree_with_a_multimap_through_merges_and_crashes) {
    for (const auto seed : test::seeds(2)) {
        SCOPED_TRACE(seed);
        test::dice random{seed};
        run_scene scene;
        run_model model{random};
        for (int round = 0; round < 100; ++round) {
            const auto keys = model.next(1 + random.below(700));
            if (random.one_in(9)) { // broken off, and done again after the restart
                if (!scene.checkpoint(keys, 1 + random.below(4), 1)) {
                    scene.reopen();
                    ASSERT_TRUE(scene.checkpoint(keys, 50, 1'000));
                }
            } else {
                ASSERT_TRUE(scene.checkpoint(keys, 1 + random.below(30), 1'000));
            }
            model.learn(keys);
            for (std::size_t i = random.below(30); i > 0 && scene.runs().upkeep_due(); --i)
                scene.upkeep(1 + random.below(20));
            if (random.one_in(15)) scene.reopen(); // perhaps in the middle of a merge
            if (round % 10 == 9) model.expect_found(scene);
        }
        while (scene.runs().upkeep_due()) scene.upkeep(50);
        model.expect_found(scene);
        EXPECT_EQ(scene.numbers_on_disk(), scene.numbers_in_use()) << "nothing is left of merged and broken runs";
        EXPECT_LE(scene.numbers_in_use().size(), (run_fan_in - 1) * 3);
    }
}

TEST(index_runs, of_a_reader_who_has_an_old_set_are_still_there_until_the_next_is_published) {
    test::dice random{3};
    run_scene scene;
    run_model model{random};
    for (std::size_t i = 0; i < run_fan_in; ++i) {
        const auto keys = model.next(500);
        ASSERT_TRUE(scene.checkpoint(keys, 100, 1'000));
        model.learn(keys);
    }
    const auto before = scene.runs().board().version();
    while (scene.runs().board().version() == before) {
        model.expect_found(scene);
        scene.upkeep(5);
    }
    EXPECT_EQ(scene.numbers_in_use().size(), 1u);
    EXPECT_EQ(scene.numbers_on_disk().size(), run_fan_in + 1) << "deleted only after the new set hangs";
    model.expect_found(scene);
}

TEST(index_runs, without_keys_make_no_run) {
    run_scene scene;
    EXPECT_TRUE(scene.checkpoint({}, 10, 1));
    EXPECT_TRUE(scene.numbers_in_use().empty());
    EXPECT_TRUE(scene.numbers_on_disk().empty());
}

TEST(index_runs, two_blocks_fill_a_page) {
    std::vector<run_key> keys(block_keys_max);
    record_buffer block;
    encode_block(block, keys);
    constexpr std::size_t page = 4096 - 16, node_header = 8, node_pointer = 2;
    EXPECT_LE(2 * (node_header + node_pointer + 32 + block.size()), page);
    EXPECT_GT(2 * (node_header + node_pointer + 32 + block.size()) + 2 * sizeof(run_key), page);
}

TEST(index_runs, a_damaged_block_is_noticed) {
    std::vector<run_key> keys{{{1, 2}, 3}, {{4, 5}, 6}};
    record_buffer block;
    encode_block(block, keys);
    std::vector<run_key> again;
    ASSERT_TRUE(decode_block(block, again));
    EXPECT_EQ(again, keys);
    for (std::size_t i = 0; i < block.size(); ++i) {
        auto bad = block;
        bad[i] ^= std::byte{1};
        EXPECT_FALSE(decode_block(bad, again));
    }
    EXPECT_FALSE(decode_block(bytes{block}.first(block.size() - 1), again));
    EXPECT_FALSE(decode_block({}, again));
}

} // namespace
} // namespace meguri::storage
