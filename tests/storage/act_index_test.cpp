#include "storage/act_index.hpp"

#include "storage/state_reader.hpp"
#include "tests/storage/state_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::storage {
namespace {

using test::state_scene;
using test::town;

// As a program would leave it that knows nothing of the index.
void leave_out(state_scene& scene, ledger::journal_position after) {
    auto within = scene.state().begin_write().value();
    const auto& in = scene.state().databases();
    const auto acts = get_acts(within, in, 0, 1'000'000).value();
    for (const auto act : acts) {
        if (act <= after) continue;
        const lmdb::integer_key key{act};
        ASSERT_TRUE(within.erase(in.acts, key.view()).value());
    }
    ASSERT_TRUE(put_acts_complete_to(within, in, after).has_value());
    ASSERT_TRUE(std::move(within).commit().has_value());
}

void expect_complete(town& of, state_scene& scene) {
    auto acts = of.stands().acts;
    std::ranges::reverse(acts);
    EXPECT_EQ(state_reader{scene.state()}.find_acts(0, acts.size() + 1).value(), acts);
}

TEST(act_index, is_made_up_for_what_an_older_program_left_out) {
    town town{test::seeds(1).front()};
    town.live(400);
    const auto half = town.journal().end().last;
    town.live(400);
    state_scene scene{town, {}};
    ASSERT_TRUE(scene.checkpointer().catch_up().has_value());
    expect_complete(town, scene);
    for (const auto after : {ledger::journal_position{0}, half}) {
        leave_out(scene, after);
        scene.reopen();
        town.live(30);
        ASSERT_TRUE(scene.checkpointer().catch_up().has_value());
        const auto within = scene.state().begin_read().value();
        EXPECT_EQ(get_acts_complete_to(within, scene.state().databases()).value(), after)
            << "a round does not say that what was before it is complete";
        auto entries = journal_reader::make(town.journal()).value();
        ASSERT_TRUE(scene.checkpointer().make_up(entries).has_value());
        expect_complete(town, scene);
        const auto since = scene.state().begin_read().value();
        EXPECT_EQ(get_acts_complete_to(since, scene.state().databases()).value(), town.journal().end().last);
        town.live(30);
        ASSERT_TRUE(scene.checkpointer().catch_up().has_value());
        expect_complete(town, scene);
    }
}

TEST(act_index, is_read_from_new_to_old_from_any_place_on) {
    const test::temporary_folder folder;
    const auto state = state_store::open(folder.path(), std::size_t{1} << 30).value();
    auto within = state->begin_write().value();
    const auto& in = state->databases();
    EXPECT_TRUE(get_acts(within, in, 0, 10).value().empty());
    EXPECT_TRUE(get_acts(within, in, 7, 10).value().empty());
    for (const auto act : {3u, 5u, 8u, 300u}) ASSERT_TRUE(put_act(within, in, act).has_value());
    using positions = std::vector<ledger::journal_position>;
    EXPECT_EQ(get_acts(within, in, 0, 10).value(), (positions{300, 8, 5, 3}));
    EXPECT_EQ(get_acts(within, in, 0, 2).value(), (positions{300, 8}));
    EXPECT_EQ(get_acts(within, in, 8, 10).value(), (positions{5, 3}));
    EXPECT_EQ(get_acts(within, in, 7, 1).value(), (positions{5}));
    EXPECT_EQ(get_acts(within, in, 301, 1).value(), (positions{300}));
    EXPECT_TRUE(get_acts(within, in, 3, 10).value().empty());
}

} // namespace
} // namespace meguri::storage
