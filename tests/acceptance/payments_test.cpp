// The contract of payments over real sockets, against the real program.
#include "tests/acceptance/payments_scene.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;
using payments = payments_scene;

TEST_F(payments, are_captured_shown_and_found_again) {
    auto asked = payment(town.wallets[0], 1200);
    asked.as_object()["reference"] = "R-000123";
    const auto paid = till->made("/v1/authorizations", asked, "k1");
    EXPECT_EQ(text_at(paid, "status"), "captured");
    EXPECT_EQ(paid.at("captured").as_int64(), 1200);
    EXPECT_EQ(paid.at("balance").as_int64(), 3800);
    EXPECT_EQ(text_at(paid, "merchant"), town.merchant);
    EXPECT_EQ(text_at(paid, "terminal"), town.terminal);
    EXPECT_TRUE(paid.at("shop").is_null() && paid.at("decline_code").is_null() && paid.at("capture_before").is_null());
    EXPECT_EQ(till->read("/v1/authorizations/" + text_at(paid, "id")), paid);
    const auto found = till->read("/v1/authorizations?reference=R-000123");
    ASSERT_EQ(found.at("data").as_array().size(), 1U);
    EXPECT_EQ(found.at("data").as_array()[0], paid);
    EXPECT_EQ(available(town.wallets[0].id), 3800);
    const auto owed = as_operator->read("/v1/merchants/" + town.merchant + "/balances").at("data").as_array();
    EXPECT_EQ(owed[0].at("payable").as_int64(), 1200);
    EXPECT_TRUE(as_operator->read("/v1/ledger/trial_balance").at("balanced").as_bool());
    const auto entries = as_operator->read("/v1/wallets/" + town.wallets[0].id + "/entries?limit=2");
    EXPECT_EQ(entries.at("data").as_array().size(), 2U);
    EXPECT_TRUE(entries.at("next").is_string());
}

TEST_F(payments, are_repeated_byte_for_byte_and_across_a_restart) {
    const auto first = till->post("/v1/authorizations", payment(town.wallets[0], 100), "k");
    const auto again = till->post("/v1/authorizations", payment(town.wallets[0], 100), "k");
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(code_of(till->post("/v1/authorizations", payment(town.wallets[0], 101), "k")), "idempotency_key_reused");
    restart();
    const auto later = till->post("/v1/authorizations", payment(town.wallets[0], 100), "k");
    EXPECT_EQ(later.field("idempotent-replayed"), "true");
    EXPECT_EQ(later.body, first.body);
    EXPECT_EQ(available(town.wallets[0].id), 4900);
}

TEST_F(payments, of_one_time_codes_end_after_five_minutes) {
    const auto once =
        text_at(as_operator->made("/v1/wallets/" + town.wallets[0].id + "/codes", {{"kind", "once"}}), "value");
    turn_clock(301);
    // The clock is read again each second: until then the code is still good for a payment that cannot succeed.
    std::string code;
    for (int i = 0; code != "credential_expired" && i < 400; ++i) {
        code = declined(payment({"", once}, 100'000), "e" + std::to_string(i));
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    EXPECT_EQ(code, "credential_expired");
}

TEST_F(payments, of_64_clients_from_one_wallet_never_get_more_than_it_holds) {
    std::atomic<std::int64_t> taken{0};
    std::vector<std::thread> clients;
    for (int client = 0; client < 64; ++client)
        clients.emplace_back([&, client] {
            http_client mine{process->port()};
            for (int i = 0; i < 20; ++i) {
                const auto reply = mine.ask("POST", "/v1/authorizations",
                                            {{"Authorization", "Bearer " + town.till_key},
                                             {"Content-Type", "application/json"},
                                             {"Idempotency-Key", std::to_string(client) + "-" + std::to_string(i)}},
                                            json::serialize(payment(town.wallets[1], 7)));
                const auto answer = json::parse(reply.body);
                if (text_at(answer, "status") == "captured") taken += 7;
            }
        });
    for (auto& one : clients) one.join();
    EXPECT_EQ(taken, 4998); // 714 x 7 of 5,000
    EXPECT_EQ(available(town.wallets[1].id), 2);
}

TEST_F(payments, with_one_key_from_64_clients_at_once_debit_once) {
    std::vector<std::string> bodies(64);
    std::vector<std::thread> clients;
    for (std::size_t client = 0; client < 64; ++client)
        clients.emplace_back([&, client] {
            http_client mine{process->port()};
            bodies[client] = mine.ask("POST", "/v1/authorizations",
                                      {{"Authorization", "Bearer " + town.till_key},
                                       {"Content-Type", "application/json"},
                                       {"Idempotency-Key", "same"}},
                                      json::serialize(payment(town.wallets[1], 300)))
                                 .body;
        });
    for (auto& one : clients) one.join();
    for (const auto& body : bodies) EXPECT_EQ(body, bodies.front());
    EXPECT_EQ(text_at(json::parse(bodies.front()), "status"), "captured");
    EXPECT_EQ(available(town.wallets[1].id), 4700);
}

TEST_F(payments, have_the_errors_of_the_contract) {
    const auto good = payment(town.wallets[0], 10);
    EXPECT_EQ(code_of(till->post("/v1/authorizations", good)), "idempotency_key_missing");
    auto unknown_field = good;
    unknown_field.as_object()["tip"] = 5;
    const auto malformed = till->post("/v1/authorizations", unknown_field, "x");
    EXPECT_EQ(malformed.status, 400);
    EXPECT_EQ(text_at(json::parse(malformed.body), "pointer"), "/tip");
    auto zero = good;
    zero.as_object()["amount"] = 0;
    EXPECT_EQ(till->post("/v1/authorizations", zero, "x").status, 400);
    EXPECT_EQ(till->post_text("/v1/authorizations", "{\"amount\":1", {{"Idempotency-Key", "x"}}).status, 400);
    EXPECT_EQ(code_of(as_operator->post("/v1/programs", {{"code", "042022"},
                                                         {"name", "x"},
                                                         {"expiry_days", 1},
                                                         {"online_only", false},
                                                         {"issuer_kind", "municipality"}})),
              "invalid_local_gov_code");
    EXPECT_EQ(as_operator->post("/v1/authorizations", good, "x").status, 403);
    EXPECT_EQ(till->post("/v1/wallets", json::object{}).status, 403);
    api_client nobody{process->port(), "te_nobody"};
    EXPECT_EQ(nobody.post("/v1/authorizations", good, "x").status, 401);
    EXPECT_EQ(till->get("/v1/authorizations/au_00000000000000000000000000").status, 404);
    EXPECT_EQ(till->get("/v1/nowhere").status, 404);
    EXPECT_EQ(text_at(till->made("/v1/authorizations", good, "x"), "status"), "captured")
        << "errors leave the key free";
}

TEST_F(payments, stay_with_their_merchant_and_municipality) {
    const auto paid = till->made("/v1/authorizations", payment(town.wallets[0], 10), "k");
    as_operator->made("/v1/programs", {{"code", "432148"},
                                       {"name", "阿蘇市ポイント"},
                                       {"expiry_days", 90},
                                       {"online_only", false},
                                       {"issuer_kind", "municipality"}});
    const auto other = text_at(as_operator->made("/v1/merchants", {{"name", "他"}, {"programs", {"432148"}}}), "id");
    api_client other_till{process->port(),
                          text_at(as_operator->made("/v1/merchants/" + other + "/terminals", {{"name", "1"}}), "key")};
    EXPECT_EQ(other_till.get("/v1/authorizations/" + text_at(paid, "id")).status, 404);
    api_client aso{process->port(),
                   text_at(as_operator->made("/v1/municipalities/432148/staff", {{"name", "係"}}), "key")};
    EXPECT_TRUE(aso.read("/v1/wallets/" + town.wallets[0].id + "/balances").at("data").as_array().empty());
    EXPECT_EQ(aso.get("/v1/merchants/" + town.merchant + "/balances").status, 404);
    EXPECT_EQ(aso.post("/v1/grants",
                       {{"wallet", town.wallets[0].id}, {"program", "042021"}, {"amount", 1}, {"source", "budget:x"}},
                       "g")
                  .status,
              403);
    const auto balance = aso.read("/v1/ledger/trial_balance");
    for (const auto& row : balance.at("data").as_array()) EXPECT_EQ(text_at(row, "program"), "432148");
}

} // namespace
} // namespace meguri::test
