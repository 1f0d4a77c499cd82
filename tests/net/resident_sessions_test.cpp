// Sessions of residents: opened, used, ended by idleness, by time and by word.
#include "net/resident_sessions.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using ledger::instant;
using ledger::wallet_id;

constexpr instant came_at{1'790'000'000'000};
constexpr wallet_id mine{3};
constexpr wallet_id neighbours{4};
constexpr session_settings short_ones{.idle_ms = 1'000, .absolute_ms = 5'000, .sessions_max = 1'000};

auto opened_for(resident_sessions& all, wallet_id wallet, instant at = came_at) {
    return *all.open(wallet, {.card = 1}, at);
}

TEST(sessions, open_their_own_wallet) {
    resident_sessions all{{}};
    const auto one = opened_for(all, mine);
    EXPECT_EQ(one.token.size(), 35U);
    EXPECT_TRUE(one.token.starts_with("se_"));
    const auto who = all.use(one.token, came_at);
    ASSERT_NE(who, nullptr);
    EXPECT_EQ(who->caller, (ledger::caller_ref{ledger::caller_kind::resident, mine.value()}));
    EXPECT_EQ(who->session, one.session.number);
    EXPECT_EQ(all.use("se_" + std::string(32, 'A'), came_at), nullptr);
    EXPECT_EQ(all.use("", came_at), nullptr);
    EXPECT_NE(opened_for(all, mine).token, one.token);
}

TEST(sessions, end_when_they_are_idle) {
    resident_sessions all{short_ones};
    const auto one = opened_for(all, mine);
    EXPECT_NE(all.use(one.token, came_at.plus_ms(999)), nullptr);
    EXPECT_NE(all.use(one.token, came_at.plus_ms(1'998)), nullptr) << "used since";
    EXPECT_EQ(all.use(one.token, came_at.plus_ms(2'998)), nullptr);
    EXPECT_EQ(all.use(one.token, came_at.plus_ms(2'000)), nullptr) << "what has ended does not come back";
}

TEST(sessions, end_however_busy_they_are) {
    resident_sessions all{short_ones};
    const auto one = opened_for(all, mine);
    for (int ms = 500; ms < 5'000; ms += 500) EXPECT_NE(all.use(one.token, came_at.plus_ms(ms)), nullptr);
    EXPECT_EQ(all.use(one.token, came_at.plus_ms(5'000)), nullptr);
}

TEST(sessions, end_by_word_at_once) {
    resident_sessions all{{}};
    const auto first = opened_for(all, mine);
    const auto second = opened_for(all, mine);
    const auto theirs = opened_for(all, neighbours);
    EXPECT_FALSE(all.end(neighbours, first.session.number, came_at)) << "not theirs";
    EXPECT_TRUE(all.end(mine, first.session.number, came_at));
    EXPECT_FALSE(all.end(mine, first.session.number, came_at));
    EXPECT_EQ(all.use(first.token, came_at), nullptr);
    EXPECT_NE(all.use(second.token, came_at), nullptr);
    const auto third = opened_for(all, mine);
    EXPECT_EQ(all.end_all(mine, third.session.number, came_at), 1U);
    EXPECT_NE(all.use(third.token, came_at), nullptr);
    EXPECT_EQ(all.end_all(mine, 0, came_at), 1U);
    EXPECT_EQ(all.use(third.token, came_at), nullptr);
    EXPECT_NE(all.use(theirs.token, came_at), nullptr);
}

TEST(sessions, are_listed_newest_first) {
    resident_sessions all{short_ones};
    const auto first = opened_for(all, mine);
    const auto second = opened_for(all, mine, came_at.plus_ms(500));
    opened_for(all, neighbours);
    static_cast<void>(all.use(first.token, came_at.plus_ms(600)));
    const auto listed = all.all_of(mine, came_at.plus_ms(700));
    ASSERT_EQ(listed.size(), 2U);
    EXPECT_EQ(listed[0].number, second.session.number);
    EXPECT_EQ(listed[1].used_at, came_at.plus_ms(600));
    EXPECT_EQ(listed[1].idle_ends_at, came_at.plus_ms(1'600));
    EXPECT_EQ(listed[1].ends_at, came_at.plus_ms(5'000));
    EXPECT_EQ(all.all_of(mine, came_at.plus_ms(1'550)).size(), 1U) << "the other is over";
}

TEST(sessions, of_a_wallet_are_bounded_by_ending_the_one_unused_longest) {
    resident_sessions all{{}};
    std::vector<resident_sessions::opened> mine_all;
    for (std::size_t i = 0; i < resident_sessions::of_a_wallet_max; ++i) mine_all.push_back(opened_for(all, mine));
    static_cast<void>(all.use(mine_all[0].token, came_at.plus_ms(10)));
    const auto one_more = opened_for(all, mine, came_at.plus_ms(20));
    EXPECT_EQ(all.all_of(mine, came_at.plus_ms(20)).size(), resident_sessions::of_a_wallet_max);
    EXPECT_NE(all.use(mine_all[0].token, came_at.plus_ms(20)), nullptr);
    EXPECT_NE(all.use(one_more.token, came_at.plus_ms(20)), nullptr);
    EXPECT_EQ(all.size(), resident_sessions::of_a_wallet_max);
}

TEST(sessions, are_bounded_and_forgotten_when_they_have_ended) {
    resident_sessions all{{.idle_ms = 1'000, .absolute_ms = 5'000, .sessions_max = 100}};
    for (std::uint64_t i = 1; i <= 100; ++i) EXPECT_TRUE(all.open(wallet_id{i}, {.card = 1}, came_at).has_value());
    EXPECT_FALSE(all.open(wallet_id{101}, {.card = 1}, came_at).has_value());
    all.sweep(came_at.plus_ms(999));
    EXPECT_EQ(all.size(), 100U);
    all.sweep(came_at.plus_ms(1'000));
    EXPECT_EQ(all.size(), 0U);
    EXPECT_TRUE(all.open(wallet_id{101}, {.card = 1}, came_at.plus_ms(1'000)).has_value());
}

TEST(sessions, keep_new_limits) {
    resident_sessions all{{}};
    const auto one = opened_for(all, mine);
    EXPECT_NE(all.use(one.token, came_at.plus_ms(10'000)), nullptr);
    all.set(short_ones);
    EXPECT_EQ(all.use(one.token, came_at.plus_ms(10'001)), nullptr) << "open ones too";
}

} // namespace
} // namespace meguri::net
