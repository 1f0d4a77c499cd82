// Passwords: what they cost, how often one is tried, and the thread that they are computed on.
#include "net/password_hash.hpp"
#include "net/password_thread.hpp"
#include "net/password_tries.hpp"
#include "tests/net/api_scene.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace meguri::net {
namespace {

constexpr password_cost least{.memory_kib = 8, .passes = 1};
constexpr std::int64_t tried_ms = 1'790'000'000'000;
const ledger::my_key_id tried_id = *ledger::my_key_id::parse("7QX0M2KD");

storage::secret<std::string> peppered(std::string_view password, std::uint64_t wallet = 3) {
    return test::scene_keys().peppered_password(ledger::wallet_id{wallet}, password);
}

TEST(password_hash, is_argon2id_of_the_set_cost) {
    password_hasher hasher{least};
    const auto hash = *hasher.hash(peppered("correct horse"));
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << hash;
    EXPECT_LE(hash.size(), ledger::password_hash_max);
    EXPECT_NE(hash, *hasher.hash(peppered("correct horse"))) << "salted";
    EXPECT_TRUE(hasher.matches(hash, peppered("correct horse")));
    hasher.set({.memory_kib = 16, .passes = 2});
    EXPECT_TRUE(hasher.hash(peppered("correct horse"))->starts_with("$argon2id$v=19$m=16,t=2,p=1$"));
    EXPECT_TRUE(hasher.matches(hash, peppered("correct horse"))) << "of before";
}

TEST(password_hash, matches_nothing_else) {
    password_hasher hasher{least};
    const auto hash = *hasher.hash(peppered("correct horse"));
    EXPECT_FALSE(hasher.matches(hash, peppered("correct horsf")));
    EXPECT_FALSE(hasher.matches(hash, peppered("correct horse", 4))) << "another wallet's";
    EXPECT_FALSE(hasher.matches(std::nullopt, peppered("correct horse")));
    EXPECT_FALSE(hasher.matches("no hash", peppered("correct horse")));
}

TEST(password_tries, pause_after_five_wrong_ones_and_longer_each_time) {
    password_tries tries;
    std::int64_t now = tried_ms;
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(tries.begin(tried_id, now)) << i;
    for (const std::int64_t pause : {15, 30, 60, 120}) {
        EXPECT_FALSE(tries.begin(tried_id, now));
        EXPECT_FALSE(tries.begin(tried_id, now + pause * 60'000 - 1)) << pause;
        now += pause * 60'000;
        EXPECT_TRUE(tries.begin(tried_id, now)) << pause;
    }
    EXPECT_TRUE(tries.begin(*ledger::my_key_id::parse("ABCD1234"), now)) << "another ID";
}

TEST(password_tries, begin_anew_after_a_right_one_and_after_a_day) {
    password_tries tries;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 5; ++i) EXPECT_TRUE(tries.begin(tried_id, tried_ms));
        tries.forgive(tried_id);
    }
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(tries.begin(tried_id, tried_ms));
    const auto tomorrow = tried_ms + password_tries::longest_pause_ms;
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(tries.begin(tried_id, tomorrow));
    EXPECT_FALSE(tries.begin(tried_id, tomorrow));
}

TEST(password_tries, keep_their_size) {
    password_tries tries;
    for (std::uint64_t i = 1; i <= 50'000; ++i) EXPECT_TRUE(tries.begin(*ledger::my_key_id::from_number(i), tried_ms));
}

TEST(password_thread, does_one_after_the_other_and_turns_away_the_rest) {
    io_loop home;
    password_thread working{2};
    working.start();
    std::promise<void> go;
    const auto gone = go.get_future().share();
    std::promise<void> begun;
    std::atomic<int> done{0};
    const auto answered = [&](slow_result) {
        if (++done == 3) home.stop();
    };
    const auto none = []() -> slow_result { return tl::unexpected{problem{problem_code::overloaded}}; };
    ASSERT_TRUE(working.ask(
        home,
        [&begun, gone]() -> slow_result {
            begun.set_value();
            gone.wait();
            return tl::unexpected{problem{problem_code::overloaded}};
        },
        answered));
    begun.get_future().wait();
    EXPECT_TRUE(working.ask(home, none, answered));
    EXPECT_TRUE(working.ask(home, none, answered));
    EXPECT_FALSE(working.ask(home, none, answered)) << "two wait already";
    go.set_value();
    home.run();
    EXPECT_EQ(done, 3);
    working.join();
    EXPECT_FALSE(working.ask(home, none, answered)) << "it has ended";
}

} // namespace
} // namespace meguri::net
