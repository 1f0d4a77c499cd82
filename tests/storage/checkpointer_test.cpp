#include "storage/checkpointer.hpp"

#include "tests/storage/state_scene.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace meguri::storage {
namespace {

using test::state_scene;
using test::town;

checkpoint_settings in_slices_of(std::size_t puts, std::size_t entries = 100'000) {
    checkpoint_settings settings;
    settings.slice_puts_max = puts;
    settings.entries_max = entries;
    settings.puts_max = 7;
    settings.gather_max = 37;
    return settings;
}

// The whole journal in one round of one slice.
auto straight_replay(town& of) {
    state_scene scene{of, in_slices_of(1'000'000'000)};
    EXPECT_TRUE(scene.checkpointer().catch_up().has_value());
    return scene.records();
}

TEST(checkpointer, brings_the_state_to_what_the_entries_amount_to) {
    town town{test::seeds(1).front()};
    town.live(3'000);
    state_scene scene{town, in_slices_of(100, 500)};
    ASSERT_TRUE(scene.checkpointer().catch_up().has_value());
    EXPECT_EQ(scene.checkpointer().position(), town.journal().end().last);
    EXPECT_EQ(scene.checkpointer().stand().at.ids, town.stands().ids);

    state_reader reader{scene.state()};
    record_buffer stored;
    record_buffer expected;
    for (const auto& [id, wallet] : town.stands().wallets) {
        encode(stored, reader.load_wallet(id).value().value());
        encode(expected, wallet);
        ASSERT_EQ(stored, expected);
    }
    for (const auto& [id, merchant] : town.stands().merchants) {
        encode(stored, reader.load_merchant(id).value().value());
        encode(expected, merchant);
        ASSERT_EQ(stored, expected);
    }
    const auto registry = reader.load_registry().value();
    EXPECT_EQ(registry.programs.version, town.stands().registry.programs.version);
    EXPECT_EQ(registry.last_position, town.stands().registry.last_position);
    ASSERT_EQ(registry.parties.size(), town.stands().registry.parties.size());
    for (std::size_t i = 0; i < registry.parties.size(); ++i) {
        EXPECT_EQ(registry.parties[i].kind, town.stands().registry.parties[i].kind);
        EXPECT_EQ(registry.parties[i].id, town.stands().registry.parties[i].id);
        EXPECT_EQ(registry.parties[i].name, town.stands().registry.parties[i].name);
    }
    ASSERT_EQ(registry.programs.programs.size(), 3u);
    EXPECT_EQ(registry.programs.programs[0].name, town.stands().registry.programs.programs[0].name);
    const auto books = reader.load_books().value();
    EXPECT_TRUE(books.balanced());
    EXPECT_EQ(books.payments_by_outcome, town.stands().books.payments_by_outcome);
    scene.expect_keys();
}

TEST(checkpointer, after_a_crash_at_any_slice_comes_to_the_same_bytes) {
    for (const auto seed : test::seeds(1)) {
        SCOPED_TRACE(seed);
        town town{seed};
        town.live(150);
        const auto expected = straight_replay(town);
        // Crashes after 1, 2, 3, ... pieces of work, each time on a fresh store, until one round of work is not
        // crashed.
        for (std::size_t crash_after = 1;; ++crash_after) {
            state_scene scene{town, in_slices_of(9, 80)};
            bool finished = false;
            for (std::size_t i = 0; i < crash_after && !finished; ++i) finished = !scene.checkpointer().step().value();
            scene.reopen();
            ASSERT_TRUE(scene.checkpointer().catch_up().has_value());
            ASSERT_EQ(scene.records(), expected) << "crash after " << crash_after;
            if (crash_after % 8 == 0 || finished) scene.expect_keys();
            if (finished) break;
        }
    }
}

TEST(checkpointer, crashing_all_the_time_while_the_journal_grows_loses_and_doubles_nothing) {
    for (const auto seed : test::seeds(2)) {
        SCOPED_TRACE(seed);
        town town{seed};
        state_scene scene{town, in_slices_of(1 + town.random().below(20), 1 + town.random().below(200))};
        for (int crash = 0; crash < 40; ++crash) {
            town.live(1 + town.random().below(80));
            for (std::size_t i = town.random().below(40); i > 0; --i)
                if (!scene.checkpointer().step().value()) break;
            scene.reopen();
        }
        while (scene.checkpointer().step().value()) {
        }
        EXPECT_EQ(scene.records(), straight_replay(town));
        scene.expect_keys();
    }
}

TEST(checkpointer, moves_its_position_and_empties_the_recent_index_only_with_the_last_slice) {
    town town{5};
    recent_index recent{town.keys()};
    state_scene scene{town, in_slices_of(10), &recent};
    town.live(300);
    std::map<ledger::journal_position, std::vector<index_key>> arriving;
    for (const auto& [key, position] : town.stands().keys) arriving[position].push_back(key);
    for (const auto& [position, keys] : arriving)
        for (const auto& key : keys) recent.insert(key, position);
    const auto filled = recent.size();
    const auto last = town.journal().end().last;
    while (scene.checkpointer().position() == 0) {
        ASSERT_EQ(recent.size(), filled);
        ASSERT_TRUE(scene.checkpointer().step().value());
    }
    EXPECT_EQ(scene.checkpointer().position(), last);
    EXPECT_EQ(recent.size(), 0u);
    EXPECT_GT(scene.checkpointer().probes().slices.load(), 10u);
    EXPECT_EQ(scene.checkpointer().probes().entries.load(), last);
}

TEST(checkpointer, follows_on_its_thread_and_writes_the_last_checkpoint_when_stopped) {
    town town{6};
    auto settings = in_slices_of(50, 100);
    settings.interval = std::chrono::hours{1};
    state_scene scene{town, settings};
    scene.checkpointer().run([](const error& why) { FAIL() << why.text(); });
    state_reader reader{scene.state()};
    for (int i = 0; i < 20; ++i) {
        town.live(150);
        if (i == 10) scene.checkpointer().checkpoint_now();
        const auto at = scene.checkpointer().position(); // what it says is in the store
        const auto stored = reader.load_checkpoint().value();
        ASSERT_GE(stored ? stored->end.last : 0, at);
    }
    town.live(3); // too few and too early for a round of their own
    scene.checkpointer().stop();
    EXPECT_EQ(scene.checkpointer().position(), town.journal().end().last);
    scene.reopen();
    EXPECT_EQ(scene.records(), straight_replay(town));
    scene.expect_keys();
}

TEST(checkpointer, stops_for_good_when_the_map_is_full) {
    town town{7};
    town.live(4'000);
    test::temporary_folder folder;
    const auto state = state_store::open(folder.path(), 256 * 1024).value();
    auto checkpointer = checkpointer::open(*state, town.journal(), town.keys(), nullptr, in_slices_of(50)).value();

    std::mutex mutex;
    std::condition_variable told;
    std::optional<error> failure;
    checkpointer->run([&](const error& why) {
        const std::lock_guard lock{mutex};
        failure = why;
        told.notify_all();
    });
    checkpointer->checkpoint_now();
    {
        std::unique_lock lock{mutex};
        ASSERT_TRUE(told.wait_for(lock, std::chrono::seconds{60}, [&] { return failure.has_value(); }));
    }
    checkpointer->stop();
    EXPECT_EQ(failure->code, errc::map_full);
    const auto again = checkpointer->step();
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, errc::map_full) << "the first failure stays the answer";
}

TEST(checkpointer, refuses_a_wallet_that_does_not_lead_to_the_next_entry) {
    town town{8};
    town.live(200);
    state_scene scene{town, in_slices_of(1'000)};
    ASSERT_TRUE(scene.checkpointer().catch_up().has_value());
    const auto id = town.stands().wallets.begin()->first;
    auto within = scene.state().begin_write().value();
    const lmdb::integer_key key{id.value()};
    ASSERT_TRUE(within.erase(scene.state().databases().wallets, key.view()).value());
    ASSERT_TRUE(std::move(within).commit().has_value());
    town.add(ledger::freeze_changed{ledger::freeze_subject::wallet, id.value(), true, "紛失"});
    const auto caught_up = scene.checkpointer().catch_up();
    ASSERT_FALSE(caught_up.has_value());
    EXPECT_EQ(caught_up.error().code, errc::state_damaged);
    EXPECT_EQ(caught_up.error().position, town.journal().end().last);
    EXPECT_NE(caught_up.error().text().find("delete the folder state/"), std::string::npos);
}

} // namespace
} // namespace meguri::storage
