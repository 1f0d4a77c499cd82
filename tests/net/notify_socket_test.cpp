#include "net/notify_socket.hpp"

#include "tests/support/environment_variable.hpp"
#include "tests/support/manager_socket.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <ctime>

namespace meguri::net {
namespace {

using test::environment_variable;
using test::manager_socket;

void tells(const manager_socket& manager) {
    const notify_socket to{manager.address()};
    to.ready("serving");
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=serving");
    to.status("well");
    EXPECT_EQ(manager.next(), "STATUS=well");
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    to.reloading();
    const auto message = manager.next();
    const std::string begin = "RELOADING=1\nMONOTONIC_USEC=";
    ASSERT_TRUE(message.starts_with(begin)) << message;
    EXPECT_TRUE(message.ends_with("\nSTATUS=reading the settings again")) << message;
    EXPECT_NEAR(std::stod(message.substr(begin.size())), static_cast<double>(now.tv_sec) * 1e6, 2e6);
    to.alive();
    EXPECT_EQ(manager.next(), "WATCHDOG=1");
    to.takes_longer(std::chrono::milliseconds{1500});
    EXPECT_EQ(manager.next(), "EXTEND_TIMEOUT_USEC=1500000");
    to.stopping("draining");
    EXPECT_EQ(manager.next(), "STOPPING=1\nSTATUS=draining");
}

TEST(notify_socket, tells_a_socket_in_the_file_system) {
    const test::temporary_folder folder;
    tells(manager_socket{(folder / "notify").string()});
}

TEST(notify_socket, tells_an_abstract_socket) { tells(manager_socket{"@meguri-test-" + std::to_string(::getpid())}); }

TEST(notify_socket, tells_nobody_where_there_is_none) {
    for (const char* address : {"", "/nowhere/at/all", "no path", "@meguri-nobody-listens"}) {
        const notify_socket to{address};
        to.ready("serving");
        to.reloading();
    }
    notify_socket{'/' + std::string(500, 'x')}.ready("serving");
}

// A manager that reads nothing does not hold up the switch; what must not be lost is given a moment.
TEST(notify_socket, waits_for_nobody_for_long) {
    const manager_socket manager{"@meguri-deaf-" + std::to_string(::getpid())};
    const notify_socket to{manager.address()};
    auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 5000; ++i) to.alive();
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{2});
    began = std::chrono::steady_clock::now();
    to.ready("serving");
    EXPECT_GT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{500});
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{3});
    EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

TEST(notify_socket, reads_the_environment) {
    const environment_variable socket{"NOTIFY_SOCKET", "/run/systemd/notify"};
    EXPECT_FALSE(notify_socket::from_environment().alive_every());
    const environment_variable usec{"WATCHDOG_USEC", "3000000"};
    EXPECT_EQ(notify_socket::from_environment().alive_every(), std::chrono::microseconds{750'000});
    {
        const environment_variable other{"WATCHDOG_PID", std::to_string(::getpid() + 1)};
        EXPECT_FALSE(notify_socket::from_environment().alive_every()) << "somebody else's";
    }
    const environment_variable mine{"WATCHDOG_PID", std::to_string(::getpid())};
    EXPECT_TRUE(notify_socket::from_environment().alive_every());
    for (const char* wrong : {"", "0", "-5", "3s"}) {
        const environment_variable broken{"WATCHDOG_USEC", wrong};
        EXPECT_FALSE(notify_socket::from_environment().alive_every()) << wrong;
    }
}

} // namespace
} // namespace meguri::net
