// The process ends in the middle of a write to its databases, or the power does, over and over on one ledger: it starts
// again each time, and what was acknowledged is there. tests/shim/torn_write.cpp does it below LMDB.
#include "tests/recovery/acknowledged.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

namespace meguri::test {
namespace {

class torn_ledger {
public:
    // `how`: what the shim's order begins with.
    explicit torn_ledger(std::string how)
        : how_{std::move(how)},
          seed_{seeds(1).front()},
          random_{seed_},
          operator_key_{init_ledger(folder_ / "ledger")} {
        // Short rounds, so that checkpoints and merges of index runs are hit too.
        std::ofstream{folder_ / "meguri.toml"}
            << "[checkpoint]\ninterval_ms = 50\nentries_max = 1000\nslice_puts_max = 100\n";
    }

    void run(int rounds) {
        start();
        api_client as_operator{process_->port(), operator_key_};
        const auto town = make_small_town(as_operator, 16, granted);
        remembering_clients clients{town, seed_};
        for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) {
            const ::testing::ScopedTrace where{__FILE__, __LINE__, last_order_};
            clients.start(process_->port(), 8);
            order_in(400);
            clients.join();
            EXPECT_EQ(process_->wait(), 128 + SIGKILL);
            if (random_.one_in(3)) break_a_start();
            if (round % 5 == 4) expect_verified();
            start();
            clients.expect_all_there(process_->port(), operator_key_, granted);
        }
        EXPECT_EQ(process_->terminate(), 0);
        expect_verified();
        EXPECT_GT(clients.acknowledged(), static_cast<std::size_t>(rounds) * 20) << "too little load";
        std::cout << "acknowledged: " << clients.acknowledged() << ", MEGURI_SEED=" << seed_ << '\n';
    }

private:
    void start() {
        std::filesystem::remove(order_file());
        const preloaded_shim preload{"torn_write"};
        const environment_variable order{"MEGURI_TORN_WRITE", order_file().string()};
        process_.emplace(folder_ / "ledger", options());
    }
    // In one of the writes with which it recovers, or that note the start.
    void break_a_start() {
        order_in(4);
        const preloaded_shim preload{"torn_write"};
        const environment_variable order{"MEGURI_TORN_WRITE", order_file().string()};
        try {
            process_.emplace(folder_ / "ledger", options());
            process_->kill();
        } catch (const std::runtime_error&) {
            // It did not get ready.
        }
    }
    void order_in(std::int64_t writes_max) {
        last_order_ = how_ + ' ' + std::to_string(random_.between(1, writes_max)) + ' ' +
                      std::to_string(random_.below(1'000'000)) + '\n';
        std::ofstream{folder_ / "order.new"} << last_order_;
        std::filesystem::rename(folder_ / "order.new", order_file());
    }
    void expect_verified() const {
        const auto verified = run_meguri({"verify", "--data", (folder_ / "ledger").string()});
        EXPECT_EQ(verified.status, 0) << "MEGURI_SEED=" << seed_ << ' ' << last_order_ << verified.output
                                      << verified.errors;
    }
    [[nodiscard]] std::filesystem::path order_file() const { return folder_ / "order"; }
    [[nodiscard]] std::vector<std::string> options() const { return {"--config", (folder_ / "meguri.toml").string()}; }

    std::string how_;
    std::uint64_t seed_;
    dice random_;
    temporary_folder folder_;
    std::string operator_key_;
    std::optional<switch_process> process_;
    std::string last_order_;
};

TEST(torn_write, leaves_what_was_acknowledged) { torn_ledger{"torn"}.run(12); }
TEST(power_cut, leaves_what_was_acknowledged) { torn_ledger{"cut"}.run(12); }

TEST(long_torn_write, leaves_what_was_acknowledged) { torn_ledger{"torn"}.run(150); }
TEST(long_power_cut, leaves_what_was_acknowledged) { torn_ledger{"cut"}.run(150); }

} // namespace
} // namespace meguri::test
