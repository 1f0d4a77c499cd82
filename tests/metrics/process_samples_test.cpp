#include "metrics/process_samples.hpp"

#include "metrics/exporter.hpp"
#include "metrics/families.hpp"
#include "tests/support/exposition.hpp"

#include <gtest/gtest.h>

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

namespace meguri::metrics {
namespace {

exposition shown() { return read_exposition(exporter{{add_process_samples}}.render()); }

double now_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

TEST(process_samples, say_what_the_process_uses) {
    const auto before = shown();
    ASSERT_TRUE(before.errors.empty()) << before.errors.front();
    EXPECT_GT(*before.value("process_start_time_seconds"), now_s() - 3'600);
    EXPECT_LT(*before.value("process_start_time_seconds"), now_s() + 2) << "the clock of the machine may be rounded";
    EXPECT_GT(*before.value("process_resident_memory_bytes"), 1 << 20);
    EXPECT_GT(*before.value("process_max_fds"), *before.value("process_open_fds"));

    const std::ifstream one_more{"/proc/self/stat"};
    EXPECT_EQ(*shown().value("process_open_fds"), *before.value("process_open_fds") + 1);
}

TEST(process_samples, add_up_threads_of_one_name) {
    std::atomic<bool> stop{false};
    const auto burn = [&] {
        ::pthread_setname_np(::pthread_self(), "burns here");
        while (!stop) {
        }
    };
    std::thread first{burn};
    std::thread second{burn};
    std::optional<double> burnt;
    for (const double end = now_s() + 60; now_s() < end && burnt.value_or(0) < 0.05;)
        burnt = shown().value("meguri_thread_cpu_seconds_total{thread=\"burns here\"}");
    stop = true;
    first.join();
    second.join();
    EXPECT_GE(burnt.value_or(0), 0.05);
    EXPECT_GE(*shown().value("process_cpu_seconds_total"), 0.04) << "counted in hundredths of a second";
    EXPECT_FALSE(shown().value("meguri_thread_cpu_seconds_total{thread=\"burns here\"}")) << "they are gone";
}

} // namespace
} // namespace meguri::metrics
