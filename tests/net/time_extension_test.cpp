#include "net/time_extension.hpp"

#include "tests/support/manager_socket.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <optional>

namespace meguri::net {
namespace {

using namespace std::chrono_literals;
using test::manager_socket;

TEST(time_extension, asks_for_more_while_it_lives_but_not_for_ever) {
    const manager_socket manager{"@meguri-longer-" + std::to_string(::getpid())};
    const notify_socket to{manager.address(), 40ms};
    std::optional<time_extension> longer{std::in_place, to, 10min};
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(manager.next(), "EXTEND_TIMEOUT_USEC=10000000");
        EXPECT_EQ(manager.next(), "WATCHDOG=1");
    }
    longer.reset();
    while (!manager.next(0).empty()) {
    }
    EXPECT_EQ(manager.next(50), "") << "it is over";
    longer.emplace(to, 100ms);
    EXPECT_EQ(manager.next(), "EXTEND_TIMEOUT_USEC=10000000");
    int further = 0;
    while (!manager.next(200).empty()) ++further;
    EXPECT_LE(further, 19) << "a tenth of a second at the most, though it lives on";
}

TEST(time_extension, tells_nothing_of_what_is_over_at_once) {
    const manager_socket manager{"@meguri-quick-" + std::to_string(::getpid())};
    const notify_socket to{manager.address()};
    { const time_extension longer{to, 10min}; }
    EXPECT_EQ(manager.next(0), "");
}

TEST(time_extension, asks_nobody_where_there_is_none) {
    const notify_socket nobody{""};
    const time_extension longer{nobody, 10min};
}

} // namespace
} // namespace meguri::net
