#include "net/io_loop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace meguri::net {
namespace {

TEST(io_loop, no_wake_up_is_lost) {
    constexpr int threads = 4;
    constexpr int wakes_each = 20'000;
    io_loop loop;
    std::atomic<int> written{0};
    int seen = 0;
    int turns = 0;
    loop.on_turn([&] {
        ++turns;
        seen = written.load(std::memory_order_relaxed);
        if (seen == threads * wakes_each) loop.stop();
        return false;
    });
    std::vector<std::jthread> wakers;
    for (int i = 0; i < threads; ++i) {
        wakers.emplace_back([&] {
            for (int wake = 0; wake < wakes_each; ++wake) {
                written.fetch_add(1, std::memory_order_relaxed);
                loop.wake();
            }
        });
    }
    loop.run(); // hangs if the last wake-up is lost
    EXPECT_EQ(seen, threads * wakes_each);
    EXPECT_LE(turns, threads * wakes_each);
}

TEST(io_loop, what_was_written_before_wake_is_visible_to_the_turn) {
    io_loop loop;
    int message = 0; // no atomic: the wake-up itself must order it
    std::atomic<int> taken{0};
    loop.on_turn([&] {
        const int seen = message;
        taken.store(seen, std::memory_order_release);
        if (seen == 1'000) loop.stop();
        return false;
    });
    std::jthread writer{[&] {
        for (int next = 1; next <= 1'000; ++next) {
            message = next;
            loop.wake();
            while (taken.load(std::memory_order_acquire) != next) std::this_thread::yield();
        }
    }};
    loop.run();
    EXPECT_EQ(message, 1'000);
}

TEST(io_loop, wake_ups_before_a_turn_are_one) {
    io_loop loop;
    int turns = 0;
    loop.on_turn([&] {
        ++turns;
        return false;
    });
    for (int i = 0; i < 10; ++i) loop.wake();
    loop.post([&] { loop.post([&] { loop.stop(); }); });
    loop.run();
    EXPECT_EQ(turns, 1);
}

TEST(io_loop, a_wake_up_during_a_turn_brings_another_one) {
    io_loop loop;
    int turns = 0;
    loop.on_turn([&] {
        if (++turns == 1) std::jthread{[&] { loop.wake(); }}.join();
        return false;
    });
    loop.post([&] { loop.wake(); });
    loop.post([&] { loop.post([&] { loop.post([&] { loop.stop(); }); }); });
    loop.run();
    EXPECT_EQ(turns, 2);
}

TEST(io_loop, a_turn_that_wants_more_gets_it_and_lets_others_in_between) {
    io_loop loop;
    std::string order;
    loop.on_turn([&] {
        order += 't';
        if (order.size() >= 6) loop.stop();
        loop.post([&] { order += 'p'; });
        return true;
    });
    loop.wake();
    loop.run();
    EXPECT_EQ(order, "tptptpt");
}

TEST(io_loop, knows_its_thread) {
    io_loop loop;
    EXPECT_TRUE(loop.on_own_thread());
    bool inside = false;
    bool outside = true;
    loop.post([&] {
        inside = loop.on_own_thread();
        std::jthread{[&] { outside = loop.on_own_thread(); }}.join();
        loop.stop();
    });
    loop.run();
    EXPECT_TRUE(inside);
    EXPECT_FALSE(outside);
    EXPECT_TRUE(loop.on_own_thread());
}

TEST(io_loop, can_be_stopped_by_another_thread_and_run_again) {
    io_loop loop;
    for (int round = 0; round < 3; ++round) {
        bool ran = false;
        loop.post([&] { ran = true; });
        std::jthread stopper;
        loop.post([&] { stopper = std::jthread{[&] { loop.stop(); }}; });
        loop.run();
        EXPECT_TRUE(ran);
    }
}

} // namespace
} // namespace meguri::net
