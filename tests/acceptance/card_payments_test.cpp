// Payments by My Number card on the real program over real sockets: the card signs, the switch believes nothing else,
// and what it cannot know it does not do.
#include "ledger/calendar.hpp"
#include "tests/acceptance/running_town.hpp"
#include "tests/support/exposition.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <ctime>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr const char* card_payments_path = "/v1/authorizations";

class card_payments : public testing::Test {
protected:
    void TearDown() override {
        ASSERT_EQ(town->process.terminate(), 0);
        const auto verified = run_meguri({"verify", "--data", (town->folder / "ledger").string()});
        EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    }

    [[nodiscard]] signed_by_card paying(const std::string& key, std::int64_t amount = 10) const {
        return {town->town.merchant, town->town.terminal, key, amount};
    }
    http_reply send(const json::value& body, const std::string& key) {
        return town->till.post(card_payments_path, body, key);
    }
    // "captured", the decline's code, or the problem's.
    std::string outcome(const json::value& body, const std::string& key) {
        const auto reply = send(body, key);
        if (reply.status != 201) return code_of(reply);
        const auto answer = json::parse(reply.body);
        return answer.at("decline_code").is_null() ? text_at(answer, "status") : text_at(answer, "decline_code");
    }
    std::string pays(const issued_certificate& by, const std::string& key) { return outcome(paying(key).by(by), key); }
    http_reply bind(const issued_certificate& one, const std::string& wallet, const std::string& key = {}) {
        return town->as_operator.post("/v1/wallets/" + wallet + "/cards", {{"certificate", to_base64(one.der())}}, key);
    }
    std::string bound(const issued_certificate& one) {
        const auto reply = bind(one, town->resident().id);
        EXPECT_EQ(reply.status, 201) << reply.body;
        return text_at(json::parse(reply.body), "id");
    }
    // The lists are read by a thread that looks once a second.
    void until_outcome(const issued_certificate& by, const std::string& wanted) {
        std::string last;
        for (int i = 0; i < 100; ++i) {
            last = pays(by, wanted + "-" + std::to_string(i));
            if (last == wanted) return;
            std::this_thread::sleep_for(100ms);
        }
        ADD_FAILURE() << "still " << last << ", not " << wanted;
    }
    std::int64_t available() {
        const auto balances = town->as_operator.read("/v1/wallets/" + town->resident().id + "/balances");
        return balances.at("data").as_array().at(0).at("available").as_int64();
    }

    temporary_folder folder;
    test_cards cards{folder.path()};
    std::optional<running_town> town{std::in_place, cards.settings()};
    issued_certificate card = cards.issue();
};

TEST_F(card_payments, take_what_the_card_signed_once) {
    bound(card);
    const auto body = paying("p-1", 1200).by(card);
    const auto first = send(body, "p-1");
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(text_at(json::parse(first.body), "status"), "captured");
    EXPECT_EQ(json::parse(first.body).at("balance").as_int64(), 3800);
    const auto again = send(body, "p-1");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    EXPECT_EQ(available(), 3800);
    // A hold, and no program named.
    auto hold = paying("p-2", 100);
    hold.capture = false;
    hold.program.reset();
    EXPECT_EQ(outcome(hold.by(card), "p-2"), "authorized");
    EXPECT_EQ(available(), 3700);
}

TEST_F(card_payments, take_nothing_else_with_the_signature) {
    bound(card);
    const auto declined = [&](const std::string& key, auto alter) {
        auto body = paying("p-1", 1200).by(card);
        alter(body.as_object());
        EXPECT_EQ(outcome(body, key), "credential_invalid") << json::serialize(body);
    };
    declined("a-1", [](json::object&) {}); // under another key
    declined("p-1", [](json::object& body) { body["amount"] = 1201; });
    declined("p-2", [](json::object& body) { body["amount"] = 1; });
    declined("p-3", [](json::object& body) { body["capture"] = false; });
    declined("p-4", [](json::object& body) { body.erase("program"); });
    declined("p-5", [](json::object& body) {
        body["credential"].as_object()["signed_at"] = ledger::to_rfc3339(ledger::instant{signed_by_card::now_ms() + 1});
    });
    auto elsewhere = paying("p-6");
    elsewhere.terminal = elsewhere.terminal.substr(0, 4) + std::string(26, '0');
    EXPECT_EQ(outcome(elsewhere.by(card), "p-6"), "credential_invalid");
    // Another card's signature under this card's certificate.
    auto stolen = paying("p-7").by(cards.issue());
    stolen.at("credential").as_object()["certificate"] = to_base64(card.der());
    const auto reply = send(stolen, "p-7");
    EXPECT_EQ(text_at(json::parse(reply.body), "decline_code"), "credential_invalid");
    EXPECT_TRUE(json::parse(reply.body).at("balance").is_null()) << "a certificate's number is no secret";
    EXPECT_EQ(available(), 5000);
}

TEST_F(card_payments, decline_cards_that_are_not_bound_or_not_ours) {
    EXPECT_EQ(pays(card, "p-1"), "credential_unknown");
    const auto of_second = cards.second.issue();
    bound(of_second);
    EXPECT_EQ(pays(of_second, "p-2"), "captured") << "the other generation of the authority";
    card_authority pretender; // with the same name
    const long serial = ASN1_INTEGER_get(X509_get0_serialNumber(of_second.certificate.get()));
    EXPECT_EQ(pays(pretender.issue({}, serial), "p-3"), "credential_invalid");
    EXPECT_EQ(pays(cards.issue(signing_wish()), "p-4"), "credential_unknown");
}

TEST_F(card_payments, bind_only_good_cards_and_each_once) {
    const auto refused = [&](const issued_certificate& one, const std::string& code) {
        const auto reply = bind(one, town->resident().id);
        EXPECT_EQ(code_of(reply), code) << reply.body;
    };
    refused(cards.issue(signing_wish()), "card_not_accepted");
    refused(cards.issue({.begins_s = -7'200, .ends_s = -60}), "card_not_accepted");
    refused(cards.issue({.begins_s = 3'600, .ends_s = 7'200}), "card_not_accepted");
    refused(card_authority{}.issue(), "card_not_accepted");
    const auto revoked = cards.issue();
    bound(card);
    cards.revoke({revoked, card});
    until_outcome(card, "credential_revoked");
    refused(revoked, "card_not_accepted");
    const auto neighbour = text_at(town->as_operator.made("/v1/wallets", json::object{}), "id");
    const auto one = cards.issue();
    const auto first = bind(one, neighbour, "bind-1");
    EXPECT_EQ(first.status, 201) << first.body;
    const auto again = bind(one, neighbour, "bind-1");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    refused(one, "card_already_bound");
    EXPECT_EQ(code_of(bind(one, neighbour)), "card_already_bound");
    const auto malformed = town->as_operator.post("/v1/wallets/" + neighbour + "/cards", {{"certificate", "AAAA"}});
    EXPECT_EQ(code_of(malformed), "invalid_value");
}

TEST_F(card_payments, decline_stale_signatures_but_repeat_their_answers) {
    bound(card);
    auto late = paying("p-1");
    late.signed_at_ms -= 125'000;
    EXPECT_EQ(outcome(late.by(card), "p-1"), "credential_expired");
    auto early = paying("p-2");
    early.signed_at_ms += 125'000;
    EXPECT_EQ(outcome(early.by(card), "p-2"), "credential_expired");
    auto just = paying("p-3");
    just.signed_at_ms -= 100'000;
    EXPECT_EQ(outcome(just.by(card), "p-3"), "captured");
}

TEST_F(card_payments, end_with_revocation_and_repeat_their_answers) {
    bound(card);
    const auto body = paying("p-1").by(card);
    const auto first = send(body, "p-1");
    ASSERT_EQ(text_at(json::parse(first.body), "status"), "captured");
    cards.revoke({card});
    until_outcome(card, "credential_revoked");
    EXPECT_EQ(send(body, "p-1").body, first.body);
}

// Fails closed, and the key is free: the same payment goes through once the lists are there again.
TEST_F(card_payments, do_nothing_without_fresh_lists) {
    bound(card);
    ASSERT_EQ(pays(card, "p-0"), "captured");
    const auto repeated = paying("p-r").by(card);
    const auto first = send(repeated, "p-r");
    cards.age_lists(61min);
    until_outcome(card, "verification_unavailable");
    const auto before = available();
    const auto waiting = paying("p-1").by(card);
    const auto reply = send(waiting, "p-1");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(code_of(reply), "verification_unavailable");
    EXPECT_EQ(send(repeated, "p-r").body, first.body) << "what was answered is answered again";
    EXPECT_EQ(code_of(bind(cards.issue(), town->resident().id)), "verification_unavailable");
    EXPECT_EQ(available(), before);
    EXPECT_EQ(outcome(payment(town->resident(), 10), "by-code"), "captured") << "codes go on";
    cards.age_lists(0min);
    until_outcome(card, "captured");
    EXPECT_EQ(outcome(waiting, "p-1"), "captured");
    const auto page = metrics::read_exposition(http_client{town->process.ops_port()}.ask("GET", "/metrics").body);
    EXPECT_NEAR(page.value("meguri_card_crl_fetched_timestamp_seconds").value_or(0),
                static_cast<double>(std::time(nullptr)), 60);
}

TEST_F(card_payments, end_when_the_card_is_retired) {
    const auto id = bound(card);
    ASSERT_EQ(pays(card, "p-1"), "captured");
    const json::value reason{{"reason", "紛失の届出"}};
    const auto retired = town->as_operator.post("/v1/cards/" + id + "/retire", reason);
    EXPECT_EQ(retired.status, 200) << retired.body;
    EXPECT_EQ(pays(card, "p-2"), "credential_revoked");
    EXPECT_EQ(code_of(town->as_operator.post("/v1/cards/" + id + "/retire", reason)), "invalid_state");
    EXPECT_EQ(code_of(bind(card, town->resident().id)), "card_already_bound");
    EXPECT_EQ(
        code_of(town->as_operator.post("/v1/cards/" + id.substr(0, 5) + std::string(26, '0') + "/retire", reason)),
        "not_found");
    const auto renewed = cards.issue();
    bound(renewed);
    EXPECT_EQ(pays(renewed, "p-3"), "captured");
    const auto acts = town->as_operator.read("/v1/audit?limit=3").at("data").as_array();
    EXPECT_EQ(text_at(acts.at(0), "type"), "card_bound");
    EXPECT_EQ(text_at(acts.at(1), "type"), "card_retired");
}

TEST_F(card_payments, come_in_bulk_and_by_shops) {
    bound(card);
    std::string lines;
    for (const std::string key : {"b-1", "b-2", "b-3"}) {
        auto line = paying(key, 100).by(card).as_object();
        line["idempotency_key"] = key;
        if (key == "b-2") line["amount"] = 101;
        lines += json::serialize(line) + "\n";
    }
    const auto reply = http_client{town->process.port()}.ask(
        "POST", "/v1/authorizations/bulk",
        {{"Authorization", "Bearer " + town->town.till_key}, {"Content-Type", "application/x-ndjson"}}, lines);
    ASSERT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(available(), 4800) << reply.body;
    EXPECT_NE(reply.body.find("credential_invalid"), std::string::npos);

    const auto shop = town->as_operator.made("/v1/merchants/" + town->town.merchant + "/shops", {{"name", "通販"}});
    api_client as_shop{town->process.port(), text_at(shop, "key")};
    auto online = paying("s-1", 100);
    online.terminal = text_at(shop, "id");
    EXPECT_EQ(text_at(as_shop.made(card_payments_path, online.by(card), "s-1"), "status"), "captured");
}

TEST_F(card_payments, follow_a_reload) {
    bound(card);
    ASSERT_EQ(pays(card, "p-1"), "captured");
    std::ofstream{folder / "card_authorities.pem"} << cards.second.self().pem();
    cards.write_lists(cards.second.revoked({}));
    town->process.send(SIGHUP);
    until_outcome(card, "credential_invalid");
    std::ofstream{folder / "card_authorities.pem"} << cards.first.self().pem() << cards.second.self().pem();
    cards.revoke({});
    town->process.send(SIGHUP);
    until_outcome(card, "captured");
}

TEST(card_payments_without_settings, are_not_possible) {
    running_town town;
    temporary_folder folder;
    test_cards cards{folder.path()};
    const auto card = cards.issue();
    const auto bound =
        town.as_operator.post("/v1/wallets/" + town.resident().id + "/cards", {{"certificate", to_base64(card.der())}});
    EXPECT_EQ(code_of(bound), "verification_unavailable");
    const signed_by_card payment{town.town.merchant, town.town.terminal, "p-1", 10};
    EXPECT_EQ(code_of(town.till.post(card_payments_path, payment.by(card), "p-1")), "verification_unavailable");
}

} // namespace
} // namespace meguri::test
