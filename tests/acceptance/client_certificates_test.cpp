// Terminals that are bound to client certificates, on the real program over real TLS: whose key opens where, at once,
// after a reload and after a restart.
#include "tests/acceptance/running_town.hpp"
#include "tests/acceptance/tls_town.hpp"
#include "tests/support/exposition.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

TEST(client_certificates, of_a_bound_terminal_open_and_no_others_do) {
    tls_town town;
    const auto own = town.chain.issue("till 1");
    const auto neighbours = town.chain.issue("till 2");
    const auto expired = town.chain.issue("till 1", {.begins_s = -7'200, .ends_s = -60});
    const auto strangers = test_authority{"stranger"}.issue("till 1");
    EXPECT_EQ(town.pays_without(), "captured") << "before it is bound";
    EXPECT_EQ(town.pays_with(neighbours), "captured");

    town.bind({own.pem()});
    EXPECT_EQ(town.pays_with(own), "captured");
    EXPECT_EQ(town.pays_without(), "certificate_required");
    EXPECT_EQ(town.pays_with(neighbours), "certificate_mismatch");
    const auto before = town.process().log().size();
    EXPECT_EQ(town.pays_with(expired), "refused");
    const auto said = town.said_after(before, "tls_handshake_failed");
    EXPECT_NE(said.find(R"(warning tls_handshake_failed why="certificate has expired" client=127.0.0.1)"),
              std::string::npos)
        << said;
    EXPECT_EQ(town.pays_with(strangers), "refused");

    const auto page = metrics::read_exposition(http_client{town.process().ops_port()}.ask("GET", "/metrics").body);
    const std::string failures = "meguri_authentication_failures_total{reason=";
    EXPECT_EQ(page.value(failures + "\"certificate_required\"}"), 1);
    EXPECT_EQ(page.value(failures + "\"certificate_mismatch\"}"), 1);
    EXPECT_EQ(page.value("meguri_tls_handshakes_failed_total{thread=\"0\"}"), 2);
    EXPECT_GT(page.value("meguri_tls_client_crl_expiry_timestamp_seconds").value_or(0), std::time(nullptr));
}

// Each change holds for the next request of connections that are open, and of all others.
TEST(client_certificates, change_at_once_and_two_overlap) {
    tls_town town;
    const auto own = town.chain.issue("till 1");
    const auto next = town.chain.issue("till 1, renewed");
    tls_client without{town.process().port()};
    tls_client old{town.process().port(), own};
    tls_client renewed{town.process().port(), next};
    for (auto* const one : {&without, &old, &renewed}) EXPECT_EQ(town.pays(*one), "captured");
    town.bind({own.digest()});
    EXPECT_EQ(town.pays(without), "certificate_required");
    EXPECT_EQ(town.pays(old), "captured");
    EXPECT_EQ(town.pays(renewed), "certificate_mismatch");
    town.bind({own.digest(), next.pem()});
    EXPECT_EQ(town.pays(without), "certificate_required");
    EXPECT_EQ(town.pays(old), "captured");
    EXPECT_EQ(town.pays(renewed), "captured");
    town.bind({next.digest()});
    EXPECT_EQ(town.pays(old), "certificate_mismatch");
    EXPECT_EQ(town.pays(renewed), "captured");
    town.bind({});
    for (auto* const one : {&without, &old, &renewed}) EXPECT_EQ(town.pays(*one), "captured");
}

TEST(client_certificates, stay_bound_after_a_restart) {
    tls_town town;
    const auto own = town.chain.issue("till 1");
    town.bind({own.digest()});
    for (int i = 0; i < 2; ++i) { // from the journal's tail, then from the state store alone
        town.restart();
        EXPECT_EQ(town.pays_with(own), "captured");
        EXPECT_EQ(town.pays_without(), "certificate_required");
    }
    tls_client by{town.process().port()};
    const std::string path = "/v1/terminals/" + town.terminal + "/certificates";
    const auto shown = by.ask("GET", path, {{"Authorization", "Bearer " + town.operator_key}});
    EXPECT_EQ(contract_fault("GET", path, shown), "");
    EXPECT_EQ(shown.body, R"({"id":")" + town.terminal + R"(","certificates":[")" + own.digest() + "\"]}");
}

TEST(client_certificates, are_judged_by_new_lists_after_a_reload) {
    tls_town town;
    const auto own = town.chain.issue("till 1");
    const auto spare = town.chain.issue("till 1, spare");
    town.bind({own.digest(), spare.digest()});
    tls_client open{town.process().port(), own};
    EXPECT_EQ(town.pays(open), "captured");
    town.revoke({own});
    EXPECT_EQ(town.pays(open), "captured") << "nobody has read it yet";
    EXPECT_NE(town.reload().find("settings_reloaded"), std::string::npos);
    EXPECT_EQ(town.pays(open), "certificate_required") << "an open connection";
    EXPECT_EQ(town.pays_with(own), "refused") << "a new one";
    EXPECT_EQ(town.pays_with(spare), "captured");

    std::ofstream{town.folder / "revoked.pem"} << "no list";
    const auto said = town.reload();
    EXPECT_NE(said.find("settings_not_reloaded"), std::string::npos) << said;
    EXPECT_NE(said.find("meguri.toml:5: server.tls_client_crl: "), std::string::npos) << said;
    EXPECT_EQ(town.pays_with(own), "refused");
    EXPECT_EQ(town.pays_with(spare), "captured");
    town.revoke({});
    EXPECT_NE(town.reload().find("settings_reloaded"), std::string::npos);
    EXPECT_EQ(town.pays(open), "captured");
}

TEST(client_certificates, are_not_to_be_had_over_plain_http) {
    running_town town;
    const auto own = test_authority{"chain of shops"}.issue("till 1");
    const std::string path = "/v1/terminals/" + town.town.terminal + "/certificates";
    town.as_operator.made(path, {{"certificates", {own.pem()}}, {"reason", "試験"}});
    const auto refused = town.till.post("/v1/authorizations", payment(town.resident(), 10), "p");
    EXPECT_EQ(code_of(refused), "certificate_required");
    EXPECT_EQ(town.as_operator.read(path).at("certificates").as_array().size(), 1U);
    town.as_operator.made(path, {{"certificates", boost::json::array{}}, {"reason", "試験"}});
    EXPECT_EQ(town.till.post("/v1/authorizations", payment(town.resident(), 10), "p").status, 201)
        << "the refused attempt has used nothing up";
    EXPECT_EQ(town.process.terminate(), 0);
    const auto verified = run_meguri({"verify", "--data", (town.folder / "ledger").string()});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
}

// Whoever may add terminals may bind them, of their own merchants alone.
TEST(client_certificates, are_bound_by_the_merchants_own_office) {
    running_town town;
    const auto key_of = [&](const char* code) {
        return text_at(town.as_operator.made(std::string{"/v1/municipalities/"} + code + "/staff", {{"name", "係"}}),
                       "key");
    };
    api_client own{town.process.port(), key_of("042021")};
    api_client other{town.process.port(), key_of("432148")};
    const std::string path = "/v1/terminals/" + town.town.terminal + "/certificates";
    const boost::json::value none{{"certificates", boost::json::array{}}, {"reason", "試験"}};
    EXPECT_EQ(own.post(path, none).status, 200);
    EXPECT_EQ(own.get(path).status, 200);
    EXPECT_EQ(other.post(path, none).status, 404);
    EXPECT_EQ(other.get(path).status, 404);
    EXPECT_EQ(town.till.post(path, none).status, 403);
    const auto shop =
        text_at(town.as_operator.made("/v1/merchants/" + town.town.merchant + "/shops", {{"name", "通販"}}), "id");
    EXPECT_EQ(town.as_operator.post("/v1/terminals/" + shop + "/certificates", none).status, 404);
}

} // namespace
} // namespace meguri::test
