#include "storage/recovery.hpp"

#include "tests/storage/state_scene.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace meguri::storage {
namespace {

using test::state_scene;
using test::town;

void write_checkpoint(state_scene& scene, const checkpoint& at) {
    record_buffer record;
    encode(record, at);
    auto within = scene.state().begin_write().value();
    ASSERT_TRUE(within.put(scene.state().databases().meta, bytes_of(checkpoint_key), record).has_value());
    ASSERT_TRUE(std::move(within).commit().has_value());
    scene.reopen();
}

TEST(recovery, applies_the_tail_and_then_has_nothing_to_do) {
    town town{11};
    state_scene scene{town};
    town.live(500);
    ASSERT_TRUE(recover(town.journal(), scene.checkpointer()).has_value());
    const auto first = scene.checkpointer().position();
    EXPECT_EQ(first, town.journal().end().last);
    town.live(700);
    scene.reopen();
    ASSERT_TRUE(recover(town.journal(), scene.checkpointer()).has_value());
    EXPECT_EQ(scene.checkpointer().position(), town.journal().end().last);
    EXPECT_EQ(scene.checkpointer().probes().entries.load(), town.journal().end().last - first) << "the tail alone";
    const auto records = scene.records();
    scene.reopen();
    ASSERT_TRUE(recover(town.journal(), scene.checkpointer()).has_value());
    EXPECT_EQ(scene.checkpointer().probes().rounds.load(), 0u);
    EXPECT_EQ(scene.records(), records);
}

TEST(recovery, makes_a_store_that_was_thrown_away_again_from_the_journal) {
    town town{12};
    town.live(800);
    state_scene before{town};
    ASSERT_TRUE(recover(town.journal(), before.checkpointer()).has_value());
    state_scene empty{town};
    ASSERT_TRUE(recover(town.journal(), empty.checkpointer()).has_value());
    EXPECT_EQ(empty.records(), before.records());
    empty.expect_keys();
}

TEST(recovery, refuses_a_checkpoint_beyond_the_journals_end) {
    town town{13};
    town.live(100);
    state_scene scene{town};
    ASSERT_TRUE(recover(town.journal(), scene.checkpointer()).has_value());
    auto at = scene.checkpointer().stand().at;
    at.end.last += 1;
    write_checkpoint(scene, at);
    const auto recovered = recover(town.journal(), scene.checkpointer());
    ASSERT_FALSE(recovered.has_value());
    EXPECT_EQ(recovered.error().code, errc::chain_broken);
    EXPECT_EQ(recovered.error().position, at.end.last);
    EXPECT_NE(recovered.error().text().find("entries are missing"), std::string::npos);
}

TEST(recovery, refuses_another_hash_at_the_checkpoint) {
    town town{14};
    town.live(100);
    state_scene scene{town};
    ASSERT_TRUE(recover(town.journal(), scene.checkpointer()).has_value());
    auto at = scene.checkpointer().stand().at;
    at.end.hash[0] ^= std::byte{1};
    write_checkpoint(scene, at);
    const auto recovered = recover(town.journal(), scene.checkpointer());
    ASSERT_FALSE(recovered.has_value());
    EXPECT_EQ(recovered.error().code, errc::chain_broken);
    EXPECT_EQ(recovered.error().position, at.end.last);
}

TEST(recovery, refuses_the_journal_of_another_ledger) {
    town town{15};
    town.live(100);
    state_scene scene{town};
    ASSERT_TRUE(recover(town.journal(), scene.checkpointer()).has_value());
    test::town other{16};
    other.live(400);
    auto foreign = checkpointer::open(scene.state(), other.journal(), other.keys(), nullptr).value();
    const auto recovered = recover(other.journal(), *foreign);
    ASSERT_FALSE(recovered.has_value());
    EXPECT_EQ(recovered.error().code, errc::chain_broken);
}

TEST(recovery, refuses_a_damaged_checkpoint) {
    town town{17};
    town.live(50);
    state_scene scene{town};
    ASSERT_TRUE(recover(town.journal(), scene.checkpointer()).has_value());
    record_buffer record;
    encode(record, scene.checkpointer().stand().at);
    record[5] ^= std::byte{1};
    auto within = scene.state().begin_write().value();
    ASSERT_TRUE(within.put(scene.state().databases().meta, bytes_of(checkpoint_key), record).has_value());
    ASSERT_TRUE(std::move(within).commit().has_value());
    const auto opened = checkpointer::open(scene.state(), town.journal(), town.keys(), nullptr);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, errc::state_damaged);
}

TEST(recovery, refuses_a_missing_or_altered_entry_of_the_tail) {
    for (const bool missing : {false, true}) {
        town town{18};
        town.live(300);
        const ledger::journal_position at = 150;
        town.close();
        {
            auto environment = lmdb::environment::open({town.folder() / "journal", std::size_t{1} << 30, 2}).value();
            const auto entries = environment.open_database("entries", lmdb::key_order::integer).value();
            auto within = environment.begin_write().value();
            const lmdb::integer_key key{at};
            const auto stored = within.get(entries, key.view()).value().value();
            record_buffer record{stored.begin(), stored.end()};
            record[record.size() / 2] ^= std::byte{1};
            const bool done = missing ? within.erase(entries, key.view()).value()
                                      : within.put(entries, key.view(), record).has_value();
            ASSERT_TRUE(done);
            ASSERT_TRUE(std::move(within).commit().has_value());
        }
        const auto opened = journal::open({town.folder() / "journal", std::size_t{1} << 30});
        if (!opened) { // a missing one is noticed even before
            EXPECT_EQ(opened.error().position, at);
            continue;
        }
        test::temporary_folder folder;
        const auto state = state_store::open(folder.path(), std::size_t{1} << 30).value();
        auto checkpoints = checkpointer::open(*state, *opened, town.keys(), nullptr).value();
        const auto recovered = recover(*opened, *checkpoints);
        ASSERT_FALSE(recovered.has_value());
        EXPECT_EQ(recovered.error().position, at);
        EXPECT_EQ(checkpoints->position(), 0u) << "nothing of it is served";
    }
}

} // namespace
} // namespace meguri::storage
