// kill -9 at random moments under load, 50 times in a row on one ledger.
#include "tests/recovery/acknowledged.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

namespace meguri::test {
namespace {

TEST(kill, fifty_times_under_load_loses_nothing_acknowledged) {
    const std::uint64_t seed = seeds(1).front();
    dice random{seed};
    const temporary_folder folder;
    const auto key = init_ledger(folder / "ledger");
    // Short rounds, so that the kills also hit checkpoints and merges of index runs.
    std::ofstream{folder / "meguri.toml"}
        << "[checkpoint]\ninterval_ms = 50\nentries_max = 1000\nslice_puts_max = 100\n";
    const std::vector<std::string> options{"--config", (folder / "meguri.toml").string()};
    std::optional<switch_process> process{std::in_place, folder / "ledger", options};
    api_client as_operator{process->port(), key};
    const auto town = make_small_town(as_operator, 16, granted);
    remembering_clients clients{town, seed};
    for (int round = 0; round < 50; ++round) {
        clients.start(process->port(), 8);
        std::this_thread::sleep_for(std::chrono::milliseconds{random.between(5, 150)});
        process->kill();
        clients.join();
        if (round % 5 == 4) {
            const auto verified = run_meguri({"verify", "--data", (folder / "ledger").string()});
            ASSERT_EQ(verified.status, 0) << "round " << round << '\n' << verified.output << verified.errors;
        }
        process.emplace(folder / "ledger", options);
        clients.expect_all_there(process->port(), key, granted);
        ASSERT_FALSE(HasFailure()) << "round " << round << ", MEGURI_SEED=" << seed;
    }
    EXPECT_GT(clients.acknowledged(), 1000U) << "too little load to prove anything";
    EXPECT_EQ(process->terminate(), 0);
    const auto verified = run_meguri({"verify", "--data", (folder / "ledger").string()});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    std::cout << "acknowledged before a kill: " << clients.acknowledged() << '\n';
}

} // namespace
} // namespace meguri::test
