// Challenges: random, good once, for one purpose, for a minute, and not without bounds.
#include "net/challenge_book.hpp"

#include <gtest/gtest.h>

#include <set>

namespace meguri::net {
namespace {

using enum challenge_purpose;

constexpr std::int64_t asked_ms = 1'790'000'000'000;
constexpr std::int64_t one_second_ns = 1'000'000'000;
const client_network home = client_network::of_ipv4(0xCB007107);

std::string opened_text(challenge_book& book, challenge_purpose of = login, std::int64_t now_ms = asked_ms) {
    const auto made = book.open(of, home, now_ms, now_ms * 1'000'000);
    return made ? made->text : std::string{};
}

TEST(challenges, are_random) {
    challenge_book book{{}};
    std::set<std::string> all;
    for (int i = 0; i < 1'000; ++i) all.insert(opened_text(book));
    EXPECT_EQ(all.size(), 1'000U);
    EXPECT_EQ(all.begin()->size(), 35U);
    EXPECT_TRUE(all.begin()->starts_with("ch_"));
}

TEST(challenges, are_good_once) {
    challenge_book book{{}};
    const auto text = opened_text(book);
    EXPECT_TRUE(book.consume(text, login, asked_ms));
    EXPECT_FALSE(book.consume(text, login, asked_ms));
    EXPECT_FALSE(book.consume("ch_", login, asked_ms)) << "that nobody gave";
}

TEST(challenges, are_for_one_purpose_and_used_up_by_another) {
    challenge_book book{{}};
    for (const auto other : {rebind, support, recover}) {
        const auto text = opened_text(book);
        EXPECT_FALSE(book.consume(text, other, asked_ms));
        EXPECT_FALSE(book.consume(text, login, asked_ms)) << "it was tried";
    }
    EXPECT_TRUE(book.consume(opened_text(book, rebind), rebind, asked_ms));
}

TEST(challenges, are_good_for_a_minute) {
    challenge_book book{{}};
    EXPECT_TRUE(book.consume(opened_text(book), login, asked_ms + challenge_valid_ms - 1));
    EXPECT_FALSE(book.consume(opened_text(book), login, asked_ms + challenge_valid_ms));
}

TEST(challenges, are_bounded_by_the_minute_used_or_not) {
    challenge_book book{{.open_max = 3}};
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(book.consume(opened_text(book), login, asked_ms));
    const auto refused = book.open(login, home, asked_ms + 59'999, 0);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error(), challenge_book::refused::full);
    EXPECT_TRUE(book.open(login, home, asked_ms + 60'000, 0).has_value());
    EXPECT_EQ(book.open_ones(), 1U);
}

TEST(challenges, are_bounded_for_each_network) {
    challenge_book book{{.of_a_network = {.per_second = 1, .burst = 2}}};
    const auto ask = [&book](client_network from, std::int64_t at_ns) {
        return book.open(login, from, asked_ms, at_ns).has_value();
    };
    EXPECT_TRUE(ask(home, one_second_ns));
    EXPECT_TRUE(ask(home, one_second_ns));
    EXPECT_FALSE(ask(home, one_second_ns));
    EXPECT_EQ(book.open(login, home, asked_ms, one_second_ns).error(), challenge_book::refused::too_many_from_there);
    EXPECT_TRUE(ask(client_network::of_ipv4(0xCB007108), one_second_ns)) << "a neighbour";
    EXPECT_TRUE(ask(home, 2 * one_second_ns)) << "later";
    book.set({.of_a_network = {}});
    EXPECT_TRUE(ask(home, 2 * one_second_ns)) << "without a limit";
}

} // namespace
} // namespace meguri::net
