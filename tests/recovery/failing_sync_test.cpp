// A sync that fails, of the commit log or below LMDB, on the real program: it stops accepting, never syncs the same
// data again, and after a restart everything that was acknowledged is there.
#include "tests/recovery/acknowledged.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

namespace meguri::test {
namespace {

class failing_sync : public ::testing::TestWithParam<const char*> {};

TEST_P(failing_sync, stops_the_switch_is_tried_once_and_loses_nothing_acknowledged) {
    constexpr std::int64_t granted_much = 10'000'000;
    const temporary_folder folder;
    const auto ledger = folder / "ledger";
    const auto trigger = folder / "sync-fails";
    const auto key = init_ledger(ledger);
    std::optional<switch_process> process;
    {
        const preloaded_shim preload{"failing_sync"};
        const environment_variable fails{"MEGURI_SYNC_FAILS", trigger.string()};
        const environment_variable of{"MEGURI_SYNC_FAILS_OF", GetParam()};
        process.emplace(ledger);
    }
    api_client as_operator{process->port(), key};
    const auto town = make_small_town(as_operator, 8, granted_much);
    remembering_clients clients{town, seeds(1).front()};
    clients.start(process->port(), 16);
    std::this_thread::sleep_for(std::chrono::milliseconds{300}); // load, not a wait for something to happen
    clients.expect_failed_reads();
    std::ofstream{trigger}.flush();
    clients.join(); // until every client was answered 503
    EXPECT_GT(clients.acknowledged(), 100U);

    http_client ops{process->ops_port()};
    EXPECT_EQ(ops.ask("GET", "/livez").status, 200) << "the process stays up";
    EXPECT_EQ(ops.ask("GET", "/readyz").status, 503);
    EXPECT_EQ(code_of(as_operator.get("/v1/wallets/" + town.wallets[0].id + "/balances")), "ledger_stopped")
        << "reads too";
    (void)process->terminate();
    std::ifstream tried{trigger};
    EXPECT_EQ(std::count(std::istreambuf_iterator<char>{tried}, {}, '\n'), 1) << "a failed sync is never tried again";

    process.emplace(ledger);
    clients.expect_all_there(process->port(), key, granted_much);
    EXPECT_EQ(process->terminate(), 0);
    const auto verified = run_meguri({"verify", "--data", ledger.string()});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
}

INSTANTIATE_TEST_SUITE_P(, failing_sync, ::testing::Values("commit.log", "data.mdb"),
                         [](const auto& given) { return given.index == 0 ? "of_the_log" : "of_the_database"; });

} // namespace
} // namespace meguri::test
