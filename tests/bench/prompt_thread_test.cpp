#include "bench/prompt_thread.hpp"

#include <gtest/gtest.h>

#include <thread>

#include <sched.h>

namespace {

using namespace meguri::bench;

int policy() { return ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; }

TEST(prompt_thread, is_before_all_others_while_it_is_meant_to_be_and_its_children_are_not) {
    ASSERT_EQ(policy(), SCHED_OTHER);
    {
        const prompt_thread before_others;
        EXPECT_EQ(before_others.is_granted(), policy() == SCHED_RR);
        int of_child = SCHED_RR;
        std::thread{[&] { of_child = policy(); }}.join();
        EXPECT_EQ(of_child, SCHED_OTHER);
    }
    EXPECT_EQ(policy(), SCHED_OTHER);
}

} // namespace
