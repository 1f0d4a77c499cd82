// Clocks that jump under load. Turned by `--test-clock`, which is meant: what falls due falls due once, and no wallet
// goes back in time. Moved under the process (tests/shim/moved_clock.cpp), as by a wrong hand or a broken time server:
// the process doubts it, and nothing expires.
#include "tests/recovery/acknowledged.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <set>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr long day_s = 86'400;
constexpr auto tick = std::chrono::milliseconds{1200}; // the clock is looked at once a second

class clock_jumps : public ::testing::Test {
protected:
    clock_jumps() { move(0); }

    void start(const std::vector<std::string>& options = {}) {
        process.emplace(folder / "ledger", options);
        as_operator.emplace(process->port(), operator_key);
        if (town.wallets.empty()) town = make_small_town(*as_operator, 8, granted);
        till.emplace(process->port(), town.till_key);
    }
    void end() {
        till.reset();
        as_operator.reset();
        EXPECT_EQ(process->terminate(), 0);
        const auto verified = run_meguri({"verify", "--data", (folder / "ledger").string()});
        EXPECT_EQ(verified.status, 0) << "MEGURI_SEED=" << seed << '\n' << verified.output << verified.errors;
    }

    void move(long seconds) const {
        std::ofstream{folder / "clock.new"} << seconds << '\n';
        std::filesystem::rename(folder / "clock.new", clock());
    }
    [[nodiscard]] std::filesystem::path clock() const { return folder / "clock"; }

    void grant_again(const std::string& occasion) {
        for (std::size_t i = 0; i < town.wallets.size(); ++i)
            as_operator->made("/v1/grants",
                              {{"wallet", town.wallets[i].id},
                               {"program", "042021"},
                               {"amount", granted},
                               {"source", "budget:042021:health"}},
                              occasion + '-' + std::to_string(i));
    }

    // Newest first.
    [[nodiscard]] std::vector<json::value> entries_of(const std::string& wallet) {
        std::vector<json::value> all;
        const std::string path = "/v1/wallets/" + wallet + "/entries?limit=100";
        for (std::string after;;) {
            const auto page = as_operator->read(path + after);
            for (const auto& one : page.at("data").as_array()) all.push_back(one);
            if (page.at("next").is_null()) return all;
            after = "&after=" + text_at(page, "next");
        }
    }
    // How many lots and holds have expired.
    std::size_t expect_in_order_and_expired_once(const std::string& wallet) {
        std::set<std::string> ended;
        std::size_t expiries = 0;
        std::string later;
        for (const auto& one : entries_of(wallet)) {
            const auto at = text_at(one, "created_at");
            EXPECT_TRUE(later.empty() || at <= later) << "decided at " << at << ", the next one at " << later;
            later = at;
            if (text_at(one, "type") == "expiry") ++expiries;
            if (one.at("status") != "expired" || text_at(one, "type") == "reversal") continue;
            EXPECT_TRUE(ended.insert(text_at(one, "authorization")).second) << json::serialize(one);
        }
        return expiries + ended.size();
    }

    std::uint64_t seed = seeds(1).front();
    temporary_folder folder;
    std::string operator_key = init_ledger(folder / "ledger", true);
    std::optional<switch_process> process;
    std::optional<api_client> as_operator;
    std::optional<api_client> till;
    small_town town;
};

TEST_F(clock_jumps, turned_by_months_and_back_by_days_expire_once_and_in_order) {
    const std::vector<std::string> options{"--test-clock", clock().string()};
    start(options);
    dice random{seed};
    remembering_clients clients{town, seed, true};
    long days = 0;
    for (const bool is_killed : {true, false}) {
        clients.start(process->port(), 8);
        for (int turn = 0; turn < 4; ++turn) {
            days += turn % 2 == 0 ? random.between(30, 150) : -random.between(1, 20);
            move(days * day_s);
            std::this_thread::sleep_for(tick);
            grant_again(std::to_string(days) + (is_killed ? "a" : "b") + std::to_string(turn));
        }
        EXPECT_TRUE(clients.wait_for_more(100));
        if (is_killed) {
            process->kill();
            clients.join();
            start(options);
        } else {
            clients.finish();
        }
        clients.expect_all_there(process->port(), operator_key, granted);
    }
    std::size_t expired = 0;
    for (const auto& one : town.wallets) expired += expect_in_order_and_expired_once(one.id);
    EXPECT_GT(expired, 20U) << "too little fell due to prove anything";
    end();
}

// A clock that was set forward by 200 days, under load, must not end a single hold or lot: neither in the second before
// it is noticed, nor while it is doubted, nor by what was decided meanwhile once the clock is right again.
TEST_F(clock_jumps, moved_under_the_process_let_nothing_expire) {
    {
        const preloaded_shim preload{"moved_clock"};
        const environment_variable file{"MEGURI_MOVED_CLOCK", clock().string()};
        start();
    }
    remembering_clients clients{town, seed};
    clients.start(process->port(), 4);
    EXPECT_TRUE(clients.wait_for_more(100));
    for (const long days : {200L, -30L, 0L}) {
        move(days * day_s);
        EXPECT_TRUE(clients.wait_for_more(100));
        std::this_thread::sleep_for(tick);
        EXPECT_NE(process->log().find("the wall clock was moved"), std::string::npos) << process->log();
        http_client ops{process->ops_port()};
        EXPECT_EQ(ops.ask("GET", "/readyz").status, 200) << "payments go on";
        EXPECT_TRUE(clients.wait_for_more(100));
    }
    clients.finish();
    clients.expect_all_there(process->port(), operator_key, granted);
    for (const auto& one : town.wallets) EXPECT_EQ(expect_in_order_and_expired_once(one.id), 0U);
    end();
}

} // namespace
} // namespace meguri::test
