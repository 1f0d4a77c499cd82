// The file system under the journal turns read-only under load, as ext4 does when it finds an error; and a start on one
// that is read-only already.
#include "tests/recovery/acknowledged.hpp"
#include "tests/recovery/loop_disk.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

TEST(read_only, stops_the_switch_and_loses_nothing_acknowledged) {
    const temporary_folder folder;
    loop_disk disk{folder / "disk"};
    if (!disk.failed().empty()) GTEST_SKIP() << disk.failed();
    const auto ledger = folder / "disk" / "ledger";
    const auto key = init_ledger(ledger);
    std::optional<switch_process> process{std::in_place, ledger};
    api_client as_operator{process->port(), key};
    const auto town = make_small_town(as_operator, 8, granted);
    remembering_clients clients{town, seeds(1).front()};
    clients.start(process->port(), 16);
    ASSERT_TRUE(clients.wait_for_more(500));
    ASSERT_TRUE(disk.turn_read_only());
    clients.join(); // until every client was answered 503

    http_client ops{process->ops_port()};
    EXPECT_EQ(ops.ask("GET", "/livez").status, 200) << "the process stays up";
    EXPECT_EQ(ops.ask("GET", "/readyz").status, 503);
    EXPECT_EQ(code_of(as_operator.get("/v1/wallets/" + town.wallets[0].id + "/balances")), "ledger_stopped")
        << "reads too";
    EXPECT_NE(process->log().find("nothing acknowledged is lost"), std::string::npos) << process->log();
    EXPECT_EQ(process->terminate(), 1);
    ASSERT_TRUE(disk.remount(false));
    process.emplace(ledger);
    clients.expect_all_there(process->port(), key, granted);
    EXPECT_EQ(process->terminate(), 0);
    const auto verified = run_meguri({"verify", "--data", ledger.string()});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
}

TEST(read_only, refuses_to_start_and_says_why) {
    const temporary_folder folder;
    loop_disk disk{folder / "disk"};
    if (!disk.failed().empty()) GTEST_SKIP() << disk.failed();
    const auto ledger = folder / "disk" / "ledger";
    (void)init_ledger(ledger);
    ASSERT_TRUE(disk.remount(true));
    for (const char* const command : {"serve", "verify"}) {
        const auto refused = run_meguri({command, "--data", ledger.string()});
        EXPECT_EQ(refused.status, 1) << command;
        EXPECT_NE(refused.errors.find(ledger.string()), std::string::npos) << refused.errors;
        EXPECT_NE(refused.errors.find("ead-only file system"), std::string::npos) << refused.errors;
        EXPECT_NE(refused.errors.find("rw"), std::string::npos) << "what to do: " << refused.errors;
    }
    ASSERT_TRUE(disk.remount(false));
    switch_process process{ledger};
    EXPECT_EQ(process.terminate(), 0);
}

} // namespace
} // namespace meguri::test
