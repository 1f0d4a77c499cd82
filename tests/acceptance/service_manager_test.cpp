// What the service manager sees of the real program by sd_notify(3): readiness, reloads, the watchdog and the end.
#include "tests/acceptance/running_town.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/manager_socket.hpp"
#include "tests/support/stopped_thread.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include <unistd.h>

namespace meguri::test {
namespace {

const std::string reloading = "RELOADING=1\nMONOTONIC_USEC=";
const std::string stopping = "STOPPING=1\nSTATUS=answering what is under way, then the last checkpoint";

std::string ready_at(std::uint16_t port) { return "READY=1\nSTATUS=serving on 127.0.0.1:" + std::to_string(port); }

TEST(service_manager, is_told_of_the_start_reloads_and_the_end) {
    const manager_socket manager{"@meguri-manager-" + std::to_string(::getpid())};
    const environment_variable socket{"NOTIFY_SOCKET", manager.address()};
    running_town town;
    const auto ready = ready_at(town.process.port());
    EXPECT_EQ(manager.next(), "STATUS=opening the ledger");
    EXPECT_EQ(manager.next(), ready);
    EXPECT_EQ(http_client{town.process.ops_port()}.ask("GET", "/readyz").status, 200);
    std::ofstream{town.folder / "meguri.toml"} << "[log]\nlevel = \"debug\"\n";
    town.process.send(SIGHUP);
    EXPECT_TRUE(manager.next().starts_with(reloading));
    EXPECT_EQ(manager.next(), ready);
    std::ofstream{town.folder / "meguri.toml"} << "[log]\nlevel = \"loud\"\n";
    town.process.send(SIGHUP);
    EXPECT_TRUE(manager.next().starts_with(reloading));
    EXPECT_EQ(manager.next(), ready + "; settings as before, because the new ones are wrong: see the log");
    EXPECT_EQ(town.process.terminate(), 0);
    EXPECT_EQ(manager.next(), stopping);
    EXPECT_EQ(manager.next(0), "") << "no watchdog was asked for";
}

TEST(service_manager, hears_of_a_switch_that_cannot_serve_nothing_but_its_status) {
    const temporary_folder folder;
    const manager_socket manager{(folder / "notify").string()};
    const environment_variable socket{"NOTIFY_SOCKET", manager.address()};
    EXPECT_EQ(run_meguri({"serve", "--data", (folder / "none").string()}).status, 1);
    EXPECT_EQ(manager.next(), "STATUS=opening the ledger");
    EXPECT_EQ(manager.next(0), "");
}

// A watchdog of a fifth of a second, on a switch with a town in it.
class watched_switch : public ::testing::Test {
protected:
    // Until the manager has heard so many times in a row that the switch is alive.
    void expect_alive(int beats = 5) const {
        for (int i = 0; i < beats; ++i) EXPECT_EQ(manager.next(), "WATCHDOG=1");
    }
    // What was on its way, and then nothing for ten times as long as the watchdog waits.
    void expect_no_sign_of_life() const {
        while (!manager.next(150).empty() && !::testing::Test::HasFailure()) {
        }
        EXPECT_EQ(manager.next(2'000), "");
    }
    // Asks and does not wait for the answer.
    static void send_payment(http_client& over, const running_town& from, const std::string& key) {
        over.send(http_request_text("POST", "/v1/authorizations",
                                    {{"Authorization", "Bearer " + from.town.till_key},
                                     {"Content-Type", "application/json"},
                                     {"Idempotency-Key", key}},
                                    serialize(payment(from.resident(), 1))));
    }

    temporary_folder folder;
    manager_socket manager{(folder / "notify").string()};
    environment_variable socket{"NOTIFY_SOCKET", manager.address()};
    environment_variable every{"WATCHDOG_USEC", "200000"};
    running_town town;
};

TEST_F(watched_switch, says_that_it_is_alive_until_the_end) {
    EXPECT_EQ(manager.next_change(), "STATUS=opening the ledger");
    EXPECT_EQ(manager.next_change(), ready_at(town.process.port()));
    const auto began = std::chrono::steady_clock::now();
    expect_alive(20);
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5}) << "20 times a twentieth of a second";
    town.process.send(SIGHUP);
    EXPECT_TRUE(manager.next_change().starts_with(reloading));
    EXPECT_EQ(manager.next_change(), ready_at(town.process.port()));
    http_client lingering{town.process.port()}; // is waited for a second
    lingering.send("GET /openapi.yaml HTTP/1.1\r\nHost: a\r\n");
    town.process.send(SIGTERM);
    EXPECT_EQ(manager.next_change(), stopping);
    EXPECT_EQ(manager.next(), "EXTEND_TIMEOUT_USEC=10000000") << "while it waits for the rest";
    EXPECT_EQ(manager.next(), "WATCHDOG=1");
    EXPECT_EQ(town.process.wait(), 0);
}

TEST_F(watched_switch, is_silent_while_an_io_thread_stands_still) {
    EXPECT_EQ(manager.next_change(), "STATUS=opening the ledger");
    EXPECT_EQ(manager.next_change(), ready_at(town.process.port()));
    expect_alive();
    {
        const stopped_thread stuck{town.process.pid(), "io-0"};
        expect_no_sign_of_life();
        EXPECT_EQ(http_client{town.process.ops_port()}.ask("GET", "/livez").status, 200) << "all the others go on";
    }
    expect_alive();
    EXPECT_EQ(town.process.terminate(), 0);
}

TEST_F(watched_switch, is_silent_while_the_journal_stands_still) {
    EXPECT_EQ(manager.next_change(), "STATUS=opening the ledger");
    EXPECT_EQ(manager.next_change(), ready_at(town.process.port()));
    http_client till{town.process.port()};
    {
        const stopped_thread stuck{town.process.pid(), "journal"};
        expect_alive(); // nobody has asked anything of it
        send_payment(till, town, "stuck");
        expect_no_sign_of_life();
        EXPECT_EQ(http_client{town.process.port()}.ask("GET", "/openapi.yaml").status, 200) << "all the others go on";
    }
    EXPECT_EQ(till.read_reply().status, 201);
    expect_alive();
    EXPECT_EQ(town.process.terminate(), 0);
}

// A disk that answers, though with an error, is no reason to be restarted: a person is to look at it first.
TEST(service_manager, hears_of_a_failed_write_and_that_the_switch_is_alive) {
    const temporary_folder folder;
    const manager_socket manager{(folder / "notify").string()};
    const auto trigger = folder / "sync-fails";
    std::optional<running_town> town;
    {
        const environment_variable socket{"NOTIFY_SOCKET", manager.address()};
        const environment_variable every{"WATCHDOG_USEC", "200000"};
        const preloaded_shim preload{"failing_sync"};
        const environment_variable fails{"MEGURI_SYNC_FAILS", trigger.string()};
        town.emplace();
    }
    EXPECT_EQ(manager.next_change(), "STATUS=opening the ledger");
    EXPECT_EQ(manager.next_change(), ready_at(town->process.port()));
    std::ofstream{trigger}.flush();
    EXPECT_EQ(town->till.post("/v1/authorizations", payment(town->resident(), 1), "lost").status, 503);
    EXPECT_EQ(manager.next_change(),
              "STATUS=stopped: a write failed, nothing is served; look at the disk, then restart");
    for (int i = 0; i < 10; ++i) EXPECT_EQ(manager.next(), "WATCHDOG=1");
    EXPECT_EQ(town->process.terminate(), 1);
}

} // namespace
} // namespace meguri::test
