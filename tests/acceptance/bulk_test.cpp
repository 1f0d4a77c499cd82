// Many authorizations in one request, over real sockets, against the real program.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/openapi_contract.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <system_error>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr std::string_view bulk_path = "/v1/authorizations/bulk";

class bulk : public payments_scene {
protected:
    [[nodiscard]] static std::string line(const std::string& key, const small_town::purse& from, std::int64_t amount) {
        auto asked = payment(from, amount).as_object();
        asked["idempotency_key"] = key;
        return json::serialize(asked) + '\n';
    }
    [[nodiscard]] http_fields fields() const {
        return {{"Authorization", "Bearer " + town.till_key}, {"Content-Type", "application/x-ndjson"}};
    }
    // The lines of a 200; held against the contract.
    std::vector<json::object> answered(const std::string& body) {
        http_client client{process->port()};
        const auto reply = client.ask("POST", bulk_path, fields(), body);
        EXPECT_EQ(reply.status, 200) << reply.body;
        EXPECT_EQ(contract_fault("POST", bulk_path, reply), "");
        std::vector<json::object> lines;
        std::istringstream text{reply.body};
        for (std::string one; std::getline(text, one);) lines.push_back(json::parse(one).as_object());
        return lines;
    }
};

std::string outcome_of(const json::object& line) {
    if (!line.at("problem").is_null()) return text_at(line.at("problem"), "code");
    const auto& decided = line.at("authorization");
    return text_at(decided, "status") == "declined" ? text_at(decided, "decline_code") : text_at(decided, "status");
}

TEST_F(bulk, lines_are_decided_as_if_each_had_come_alone) {
    const small_town::purse nobody{"", "NOBODYSCODE"};
    const std::string body = line("k1", town.wallets[0], 4'000) + line("k2", town.wallets[0], 4'000) +
                             line("k3", town.wallets[1], 100) + line("k4", nobody, 1) + "{}\n" +
                             line("k1", town.wallets[0], 4'000) + line("k3", town.wallets[1], 101);
    const auto first = answered(body);
    ASSERT_EQ(first.size(), 7U);
    const std::vector<std::string> expected{
        "captured", "insufficient_points",   "captured", "credential_unknown", "malformed_request",
        "captured", "idempotency_key_reused"};
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(outcome_of(first[i]), expected[i]) << i;
    EXPECT_EQ(first[5].at("authorization"), first[0].at("authorization")) << "the same key twice in one request";
    EXPECT_EQ(first[5].at("replayed"), true);
    EXPECT_EQ(available(town.wallets[0].id), 1'000);
    EXPECT_EQ(available(town.wallets[1].id), 4'900);
    const auto alone = till->post("/v1/authorizations", payment(town.wallets[0], 4'000), "k1");
    EXPECT_EQ(alone.field("idempotent-replayed"), "true") << "the keys are the terminal's, however they came";
    EXPECT_EQ(json::parse(alone.body), first[0].at("authorization"));
    kill_and_restart();
    const auto again = answered(body);
    ASSERT_EQ(again.size(), 7U);
    for (std::size_t i = 0; i < again.size(); ++i) {
        EXPECT_EQ(again[i].at("authorization"), first[i].at("authorization")) << i;
        EXPECT_EQ(again[i].at("replayed"), !again[i].at("authorization").is_null()) << i;
    }
    EXPECT_EQ(available(town.wallets[0].id), 1'000);
}

TEST_F(bulk, bodies_have_a_limit_of_their_own) {
    std::string body;
    for (int i = 0; i < 1'000; ++i) body += line("many-" + std::to_string(i), town.wallets[0], 1);
    ASSERT_GT(body.size(), 64U * 1024);
    EXPECT_EQ(answered(body).size(), 1'000U);
    EXPECT_EQ(available(town.wallets[0].id), 4'000);
    http_client client{process->port()};
    const auto refused = client.ask("POST", bulk_path, fields(), std::string(1024 * 1024 + 1, ' '));
    EXPECT_EQ(refused.status, 413);
    EXPECT_EQ(contract_fault("POST", bulk_path, refused), "");
}

// The answer is lost with the process; the whole request, sent again, decides what was not and repeats what was.
TEST_F(bulk, of_a_killed_switch_is_finished_by_sending_it_again) {
    std::size_t replayed = 0;
    for (int round = 0; round < 4; ++round) {
        const std::string name = "r" + std::to_string(round) + "-";
        std::string body;
        for (int i = 0; i < 1'000; ++i) body += line(name + std::to_string(i), town.wallets[0], 1);
        http_client client{process->port()};
        std::thread asking{[&] {
            try {
                static_cast<void>(client.ask("POST", bulk_path, fields(), body));
            } catch (const std::exception&) { // it was killed first
            }
        }};
        std::this_thread::sleep_for(std::chrono::milliseconds{2 + 3 * round});
        process->kill();
        asking.join();
        kill_and_restart();
        const auto lines = answered(body);
        ASSERT_EQ(lines.size(), 1'000U);
        for (const auto& one : lines) {
            ASSERT_EQ(outcome_of(one), "captured");
            replayed += one.at("replayed").as_bool() ? 1U : 0U;
        }
        EXPECT_EQ(available(town.wallets[0].id), 5'000 - 1'000 * (round + 1)) << "each line once";
    }
    std::cout << replayed << " of 4,000 lines had been decided before the kill\n";
}

} // namespace
} // namespace meguri::test
