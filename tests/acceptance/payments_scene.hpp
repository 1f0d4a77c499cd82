// The real program on a ledger of its own with a small town in it, and its clock to turn: for the tests of payments and
// of what follows them.
#pragma once

#include "tests/support/api_client.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace meguri::test {

class payments_scene : public ::testing::Test {
protected:
    // `more_settings` as in config/meguri.toml; none: the defaults.
    explicit payments_scene(const std::string& more_settings = {})
        : operator_key{init_ledger(folder / "ledger", true)},
          clock{folder / "clock"} {
        turn_clock(0);
        std::ofstream{folder / "meguri.toml"} << more_settings;
        start();
        town = make_small_town(*as_operator, 2, 5000);
        till.emplace(process->port(), town.till_key);
    }

    // Whatever a test did: the ledger that it leaves behind is right.
    void TearDown() override {
        stop();
        const auto verified = run_meguri({"verify", "--data", (folder / "ledger").string()});
        EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    }

    void restart() {
        stop();
        start();
        till.emplace(process->port(), town.till_key);
    }

    void kill_and_restart() {
        process->kill();
        start();
        till.emplace(process->port(), town.till_key);
    }

    void turn_clock(long seconds) const { std::ofstream{clock} << seconds << '\n'; }

    std::string declined(const boost::json::value& asked, const std::string& idempotency_key) {
        const auto answer = till->made("/v1/authorizations", asked, idempotency_key);
        EXPECT_EQ(text_at(answer, "status"), "declined");
        return text_at(answer, "decline_code");
    }

    std::int64_t available(const std::string& wallet) {
        const auto rows = as_operator->read("/v1/wallets/" + wallet + "/balances").at("data").as_array();
        return rows.empty() ? 0 : rows.front().at("available").as_int64();
    }

    [[nodiscard]] boost::json::value merchant_balance() {
        return as_operator->read("/v1/merchants/" + town.merchant + "/balances").at("data").as_array().at(0);
    }

    temporary_folder folder;
    std::string operator_key;
    std::filesystem::path clock;
    std::optional<switch_process> process;
    std::optional<api_client> as_operator;
    std::optional<api_client> till;
    small_town town;

private:
    void start() {
        process.emplace(folder / "ledger", std::vector<std::string>{"--test-clock", clock.string(), "--config",
                                                                    (folder / "meguri.toml").string()});
        as_operator.emplace(process->port(), operator_key);
    }
    void stop() {
        till.reset();
        as_operator.reset();
        EXPECT_EQ(process->terminate(), 0);
        process.reset();
    }
};

} // namespace meguri::test
