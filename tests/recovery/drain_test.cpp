// SIGTERM under load: not ready at once, every request that was admitted is answered, the last checkpoint is written,
// and the process ends with 0 within its limit.
#include "tests/recovery/acknowledged.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>
#include <vector>

namespace meguri::test {
namespace {

// Ten seconds for what is under way; the rest is slack of a busy machine.
constexpr std::chrono::seconds ends_within{15};

class ending_switch {
public:
    ending_switch()
        : seed_{seeds(1).front()},
          operator_key_{init_ledger(folder_ / "ledger")},
          process_{std::in_place, folder_ / "ledger"} {
        api_client as_operator{process_->port(), operator_key_};
        town_ = make_small_town(as_operator, 16, granted);
    }

    [[nodiscard]] switch_process& process() { return *process_; }
    [[nodiscard]] const small_town& town() const { return town_; }

    // Starts it again: all that was acknowledged is there, nothing had to be replayed, and it verifies.
    void comes_back_with(remembering_clients& clients) {
        process_.emplace(folder_ / "ledger");
        clients.expect_all_there(process_->port(), operator_key_, granted);
        EXPECT_EQ(process_->terminate(), 0);
        const auto verified = run_meguri({"verify", "--data", (folder_ / "ledger").string()});
        EXPECT_EQ(verified.status, 0) << "MEGURI_SEED=" << seed_ << '\n' << verified.output << verified.errors;
    }
    // Points that the merchant has captured, as the switch says once it runs again. Each payment is of one.
    [[nodiscard]] std::int64_t captured_after_restart() {
        process_.emplace(folder_ / "ledger");
        api_client as_operator{process_->port(), operator_key_};
        const auto rows = as_operator.read("/v1/merchants/" + town_.merchant + "/balances").at("data").as_array();
        return rows.empty() ? 0 : rows[0].at("captured").as_int64();
    }
    [[nodiscard]] std::uint64_t seed() const { return seed_; }

private:
    std::uint64_t seed_;
    temporary_folder folder_;
    std::string operator_key_;
    std::optional<switch_process> process_;
    small_town town_;
};

// A client that pipelines payments and counts how each ended: answered, or cut off before any of it was taken.
struct pipelining_till {
    std::size_t sent = 0;
    std::atomic<std::size_t> paid{0};
    std::size_t refused = 0; // 503 not_ready: nothing happened
    std::size_t other = 0;   // any other answer
    bool answers_in_order = true;

    void pay_until_closed(std::uint16_t port, const small_town& town, std::size_t number) try {
        http_client http{port};
        for (;;) {
            std::string burst;
            for (int i = 0; i < 8; ++i) burst += text_of(town, number);
            http.send(burst);
            for (int i = 0; i < 8; ++i) note(http.read_reply());
        }
    } catch (const std::exception&) {
        // The switch has closed the connection.
    }

private:
    std::string text_of(const small_town& town, std::size_t number) {
        return http_request_text("POST", "/v1/authorizations",
                                 {{"Authorization", "Bearer " + town.till_key},
                                  {"Content-Type", "application/json"},
                                  {"Idempotency-Key", "p" + std::to_string(number) + "-" + std::to_string(sent++)}},
                                 serialize(payment(town.wallets[number % town.wallets.size()], 1)));
    }
    void note(const http_reply& reply) {
        if (reply.status == 201) {
            if (refused != 0) answers_in_order = false;
            ++paid;
        } else if (code_of(reply) == "not_ready") {
            ++refused;
        } else {
            ++other;
        }
    }
};

TEST(drain, answers_what_was_admitted_and_ends_with_0) {
    ending_switch one;
    std::vector<pipelining_till> tills(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < tills.size(); ++i)
        threads.emplace_back([&, i] { tills[i].pay_until_closed(one.process().port(), one.town(), i); });
    const auto paid = [&tills] {
        std::size_t sum = 0;
        for (const auto& till : tills) sum += till.paid;
        return sum;
    };
    for (int i = 0; i < 2000 && paid() < 1000; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_GE(paid(), 1000U);

    const auto asked = std::chrono::steady_clock::now();
    EXPECT_EQ(one.process().terminate(), 0) << one.process().log();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, ends_within);
    for (auto& thread : threads) thread.join();
    for (const auto& till : tills) {
        EXPECT_EQ(till.other, 0U) << "neither decided nor refused because it ends";
        EXPECT_TRUE(till.answers_in_order);
    }
    EXPECT_EQ(one.captured_after_restart(), static_cast<std::int64_t>(paid()))
        << "what was decided was answered, and what was answered is there";
}

TEST(drain, loses_nothing_that_was_answered) {
    ending_switch one;
    remembering_clients clients{one.town(), one.seed()};
    clients.start(one.process().port(), 8);
    EXPECT_TRUE(clients.wait_for_more(300));
    clients.expect_end();
    EXPECT_EQ(one.process().terminate(), 0);
    clients.join();
    one.comes_back_with(clients);
}

// A client that keeps its connection open is waited for a second: meanwhile the operations listener still answers.
TEST(drain, is_not_ready_but_alive_meanwhile) {
    ending_switch one;
    http_client lingering{one.process().port()};
    EXPECT_EQ(lingering.ask("GET", "/openapi.yaml").status, 200);
    http_client ops{one.process().ops_port()};
    EXPECT_EQ(ops.ask("GET", "/readyz").status, 200);
    one.process().send(SIGTERM);
    http_reply ready;
    for (int i = 0; i < 500; ++i) {
        ready = ops.ask("GET", "/readyz");
        if (ready.status != 200) break;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    EXPECT_EQ(ready.status, 503);
    EXPECT_EQ(ready.body, "draining\n");
    EXPECT_EQ(ops.ask("GET", "/livez").status, 200);
    EXPECT_NE(ops.ask("GET", "/metrics").body.find("\nmeguri_ready 0\n"), std::string::npos);
    EXPECT_THROW(http_client{one.process().port()}, std::exception) << "nobody new";
    EXPECT_EQ(one.process().wait(), 0);
}

} // namespace
} // namespace meguri::test
