// Questions about the past from several io threads, answered where they were asked, however the thread ends.
#include "net/past_thread.hpp"

#include "storage/journal.hpp"
#include "storage/new_ledger.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace meguri::net {
namespace {

// A loop on a thread of its own.
struct running_loop {
    running_loop() : thread{[this] { loop.run(); }} {}
    ~running_loop() {
        loop.stop();
        thread.join();
    }
    io_loop loop;
    std::thread thread;
};

struct new_ledger {
    new_ledger() {
        EXPECT_TRUE(storage::make_new_ledger(folder / "ledger", true, ledger::instant{1}).has_value());
        journal.emplace(storage::journal::open({folder / "ledger" / "journal", std::size_t{1} << 30}).value());
    }
    test::temporary_folder folder;
    std::optional<storage::journal> journal;
};

past_question says(std::string text) {
    return [text = std::move(text)](ledger_past&) -> past_result { return past_answer{text, "text/plain"}; };
}

TEST(past_thread, answers_each_io_thread_where_it_asked) {
    new_ledger made;
    running_loop first;
    running_loop second;
    past_thread past{*made.journal};
    past.start();
    constexpr int rounds = 20;
    std::latch answered{2 * rounds};
    for (int i = 0; i < rounds; ++i)
        for (auto* const one : {&first, &second}) {
            const auto whole = [](ledger_past& of) -> past_result {
                return past_answer{of.books_at(ledger::instant{2}).value().balanced() ? "balanced" : "not"};
            };
            while (!past.ask(one->loop, whole, [&answered, one](past_result body) {
                EXPECT_TRUE(one->loop.on_own_thread());
                EXPECT_EQ(body.value().body, "balanced");
                answered.count_down();
            }))
                std::this_thread::yield();
        }
    answered.wait();
}

TEST(past_thread, turns_away_who_comes_when_too_many_wait) {
    new_ledger made;
    running_loop home;
    std::atomic<std::size_t> answered{0};
    past_thread past{*made.journal};
    const auto count = [&answered](const past_result& body) { answered += body.has_value(); };
    for (std::size_t i = 0; i < past_thread::waiting_max; ++i)
        ASSERT_TRUE(past.ask(home.loop, says("x"), count)); // nobody answers yet
    EXPECT_FALSE(past.ask(home.loop, says("x"), count));
    past.start();
    while (answered < past_thread::waiting_max) std::this_thread::yield();
    EXPECT_TRUE(past.ask(home.loop, says("x"), count));
}

TEST(past_thread, drops_what_waits_when_it_ends) {
    new_ledger made;
    running_loop home;
    auto past = std::make_unique<past_thread>(*made.journal);
    std::latch begun{1};
    std::atomic<bool> go_on{false};
    const auto kept = std::make_shared<int>(1); // by each question that is still somewhere
    past->start();
    ASSERT_TRUE(past->ask(
        home.loop,
        [&, kept](ledger_past&) -> past_result {
            begun.count_down();
            while (!go_on) std::this_thread::yield();
            return past_answer{"late"};
        },
        [](const past_result&) {}));
    begun.wait();
    const auto ask_in_vain = [&] {
        return past->ask(
            home.loop, [kept](ledger_past&) -> past_result { return past_answer{}; },
            [](const past_result&) { ADD_FAILURE() << "answered after the end"; });
    };
    ASSERT_TRUE(ask_in_vain());
    std::thread ending{[&] { past->join(); }};
    while (ask_in_vain()) std::this_thread::sleep_for(std::chrono::milliseconds{5}); // until it has begun to end
    go_on = true;
    ending.join();
    EXPECT_FALSE(past->ask(home.loop, says("x"), [](const past_result&) {}));
    past.reset();
    EXPECT_EQ(kept.use_count(), 1);
}

} // namespace
} // namespace meguri::net
