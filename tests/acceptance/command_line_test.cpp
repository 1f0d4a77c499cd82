// The command line as an operator meets it: init, serve, verify, and what they say when something is wrong.
#include "tests/support/http_client.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

namespace meguri::test {
namespace {

TEST(command_line, explains_itself) {
    const auto help = run_meguri({"--help"});
    EXPECT_EQ(help.status, 0);
    for (const char* const word : {"serve", "init", "verify", "backup", "restore"})
        EXPECT_NE(help.output.find(word), std::string::npos) << word;
    EXPECT_NE(run_meguri({"serve", "--help"}).output.find("--listen"), std::string::npos);
    EXPECT_NE(run_meguri({}).status, 0);
    EXPECT_NE(run_meguri({"sevre"}).status, 0);
}

TEST(command_line, init_takes_a_new_or_empty_folder_only) {
    const temporary_folder folder;
    EXPECT_EQ(init_ledger(folder / "ledger").substr(0, 3), "op_");
    const auto again = run_meguri({"init", "--data", (folder / "ledger").string()});
    EXPECT_NE(again.status, 0);
    EXPECT_NE(again.errors.find("ledger"), std::string::npos) << again.errors;
}

TEST(command_line, serve_names_what_is_wrong) {
    const temporary_folder folder;
    EXPECT_NE(run_meguri({"serve", "--data", (folder / "none").string()}).errors.find("none"), std::string::npos);
    std::ofstream{folder / "bad.toml"} << "[limits]\nbody_byte = 5\n";
    const auto config = run_meguri({"serve", "--config", (folder / "bad.toml").string()});
    EXPECT_EQ(config.status, 1);
    EXPECT_NE(config.errors.find("bad.toml:2"), std::string::npos) << config.errors;
    EXPECT_NE(config.errors.find("body_byte"), std::string::npos) << config.errors;
    (void)init_ledger(folder / "ledger");
    const auto open = run_meguri({"serve", "--data", (folder / "ledger").string(), "--listen", "0.0.0.0:0"});
    EXPECT_EQ(open.status, 1) << "plain HTTP on an address that others reach";
    const auto clock = run_meguri({"serve", "--data", (folder / "ledger").string(), "--test-clock", "/dev/null"});
    EXPECT_NE(clock.errors.find("--test-clock"), std::string::npos) << clock.errors;
}

TEST(command_line, one_folder_has_one_process) {
    const temporary_folder folder;
    (void)init_ledger(folder / "ledger");
    switch_process first{folder / "ledger"};
    const auto second = run_meguri(
        {"serve", "--data", (folder / "ledger").string(), "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"});
    EXPECT_EQ(second.status, 1);
    EXPECT_NE(second.errors.find(std::to_string(first.pid())), std::string::npos) << second.errors;
    EXPECT_NE(run_meguri({"verify", "--data", (folder / "ledger").string()}).status, 0) << "verify while a switch runs";
    EXPECT_EQ(first.terminate(), 0);
    EXPECT_EQ(run_meguri({"verify", "--data", (folder / "ledger").string()}).status, 0);
}

TEST(command_line, operations_listener_tells_the_state) {
    const temporary_folder folder;
    (void)init_ledger(folder / "ledger");
    switch_process process{folder / "ledger"};
    http_client ops{process.ops_port()};
    EXPECT_EQ(ops.ask("GET", "/livez").status, 200);
    EXPECT_EQ(ops.ask("GET", "/readyz").status, 200);
    const auto metrics = ops.ask("GET", "/metrics");
    EXPECT_EQ(metrics.status, 200);
    for (const char* const name : {"meguri_payment_duration_seconds_bucket", "meguri_payment_stage_duration_seconds",
                                   "meguri_journal_commit_duration_seconds", "meguri_ledger_imbalance_points 0"})
        EXPECT_NE(metrics.body.find(name), std::string::npos) << name;
    http_client api{process.port()};
    EXPECT_EQ(api.ask("GET", "/metrics").status, 404) << "never public";
    EXPECT_EQ(api.ask("GET", "/openapi.yaml").status, 200);
}

} // namespace
} // namespace meguri::test
