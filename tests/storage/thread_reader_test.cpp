// The lag window: whatever is durable is found, wherever the checkpointer stands.
#include "storage/thread_reader.hpp"

#include "storage/recent_index.hpp"
#include "tests/storage/state_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace meguri::storage {
namespace {

using test::state_scene;
using test::town;

struct lag_scene {
    explicit lag_scene(std::uint64_t seed)
        : the_town{seed},
          recent{the_town.keys()},
          state{the_town, settings(), &recent} {
        remember(0);
    }
    static checkpoint_settings settings() {
        checkpoint_settings small;
        small.slice_puts_max = 5;
        small.entries_max = 60;
        return small;
    }
    void live(std::size_t entries) {
        const auto before = the_town.journal().end().last;
        the_town.live(entries);
        remember(before);
    }
    // As the journal's writer does after each commit.
    void remember(ledger::journal_position after) {
        std::vector<append_request> requests;
        auto reader = journal_reader::make(the_town.journal()).value();
        ASSERT_TRUE(reader
                        .read_from(after + 1,
                                   [&](const journal_record& one) {
                                       requests.emplace_back().record = one.what;
                                       return true;
                                   })
                        .has_value());
        std::vector<append_request*> batch;
        for (auto& one : requests) batch.push_back(&one);
        recent.durable(batch);
    }
    void expect_all_found() {
        thread_reader reader{state.state(), recent, the_town.journal()};
        const auto& keys = the_town.stands().keys;
        for (auto at = keys.begin(); at != keys.end(); at = keys.upper_bound(at->first)) {
            const auto& [kind, digest] = at->first;
            std::vector<ledger::journal_position> positions;
            for (auto [one, end] = keys.equal_range(at->first); one != end; ++one) positions.push_back(one->second);
            std::sort(positions.rbegin(), positions.rend());
            if (kind == index_kind::idempotency) {
                const auto found = reader.find_idempotency(digest).value();
                ASSERT_EQ(found, positions.front());
                ASSERT_EQ(reader.read(*found).value().position, *found);
            } else if (kind == index_kind::reference) {
                ASSERT_EQ(reader.find_references(digest, 1'000).value(), positions) << "each once, newest first";
                positions.resize(std::min<std::size_t>(positions.size(), 2));
                ASSERT_EQ(reader.find_references(digest, 2).value(), positions);
            } else if (kind == index_kind::code) {
                const auto entry = reader.read(positions.front()).value();
                const auto found = reader.find_code(digest).value().value();
                ASSERT_EQ(found.wallet, entry.wallet);
                ASSERT_EQ(found.ordinal, std::get<ledger::code_issued>(entry.what).ordinal);
                ASSERT_EQ(found.valid_until, std::get<ledger::code_issued>(entry.what).valid_until);
            } else {
                const auto entry = reader.read(positions.front()).value();
                ASSERT_EQ(reader.find_bearer(digest).value(), bearer_owner_of(entry));
            }
        }
    }

    town the_town;
    recent_index recent;
    state_scene state;
};

TEST(thread_reader, finds_everything_durable_at_every_stage_of_every_checkpoint) {
    for (const auto seed : test::seeds(1)) {
        SCOPED_TRACE(seed);
        lag_scene scene{seed};
        for (int i = 0; i < 4; ++i) {
            scene.live(70);
            do scene.expect_all_found();
            while (!testing::Test::HasFatalFailure() && scene.state.checkpointer().step().value());
            EXPECT_EQ(scene.recent.size(), 0u);
        }
        scene.live(30);
        scene.expect_all_found();
    }
}

TEST(thread_reader, knows_nobody_who_is_not_there) {
    lag_scene scene{21};
    scene.live(100);
    ASSERT_TRUE(scene.state.checkpointer().catch_up().has_value());
    thread_reader reader{scene.state.state(), scene.recent, scene.the_town.journal()};
    EXPECT_FALSE(reader.load_wallet(ledger::wallet_id{999'999}).value().has_value());
    EXPECT_FALSE(reader.load_merchant(ledger::merchant_id{999'999}).value().has_value());
    EXPECT_FALSE(reader.find_code({1, 2}).value().has_value());
    EXPECT_FALSE(reader.find_bearer({1, 2}).value().has_value());
    EXPECT_FALSE(reader.find_idempotency({1, 2}).value().has_value());
    EXPECT_TRUE(reader.find_references({1, 2}, 10).value().empty());
    EXPECT_FALSE(reader.read(999'999).has_value());
}

TEST(thread_reader, is_not_misled_by_merges_beside_it) {
    lag_scene scene{22};
    std::atomic<bool> done{false};
    std::thread checkpoints{[&] {
        while (scene.state.checkpointer().step().value()) {
        }
        done = true;
    }};
    const auto durable = scene.the_town.stands().keys;
    thread_reader reader{scene.state.state(), scene.recent, scene.the_town.journal()};
    while (!done)
        for (const auto& [key, position] : durable)
            if (key.kind == index_kind::idempotency) {
                ASSERT_EQ(reader.find_idempotency(key.digest).value(), position);
            }
    checkpoints.join();
}

} // namespace
} // namespace meguri::storage
