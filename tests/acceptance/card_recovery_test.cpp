// A resident whose old card was taken in at the town hall, on the real program: the new card, MyKey ID and password.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

namespace meguri::test {
namespace {

namespace json = boost::json;

struct with_recovery_cards {
    temporary_folder card_folder;
    test_cards cards{card_folder.path()};
};

class card_recovery_at_work : private with_recovery_cards, public payments_scene {
protected:
    card_recovery_at_work() : payments_scene{cards.settings()} {}

    void SetUp() override {
        mine = logged_in(old);
        as(mine).made(own("/password"), {{"password", "correct horse"}});
        as_operator->made("/v1/grants",
                          {{"wallet", text_at(mine, "wallet")},
                           {"program", "042021"},
                           {"amount", 500},
                           {"source", "budget:042021:health"}},
                          "grant-1");
    }
    api_client nobody() { return {process->port(), {}}; }
    api_client as(const json::value& session) { return {process->port(), text_at(session, "token")}; }
    [[nodiscard]] std::string own(const char* rest) const { return "/v1/wallets/" + text_at(mine, "wallet") + rest; }
    std::string challenge(const char* purpose) {
        return text_at(nobody().made("/v1/challenges", {{"purpose", purpose}}), "challenge");
    }
    http_reply logs_in(const issued_certificate& by) {
        auto body = shown_card(by, challenge("login"));
        return nobody().post("/v1/sessions", body);
    }
    json::value logged_in(const issued_certificate& by) { return json::parse(logs_in(by).body); }
    // The town hall takes cards in: their certificates are revoked, and a second later the switch has seen the list.
    void take_in(const std::vector<issued_certificate>& all) {
        cards.revoke(all);
        for (int i = 0; i < 100 && code_of(logs_in(all.back())) != "card_not_accepted"; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    json::object recovery(const issued_certificate& by, const char* password = "correct horse") {
        auto body = shown_card(by, challenge("recover"), "recover");
        body["mykey_id"] = text_at(mine, "mykey_id");
        body["password"] = password;
        return body;
    }
    http_reply recover(const issued_certificate& by, const char* password = "correct horse") {
        return nobody().post("/v1/card_recoveries", recovery(by, password));
    }
    std::string pays(const issued_certificate& by, const std::string& key) {
        const signed_by_card one{town.merchant, town.terminal, key, 10};
        const auto answer = till->made("/v1/authorizations", one.by(by), key);
        return answer.at("decline_code").is_null() ? text_at(answer, "status") : text_at(answer, "decline_code");
    }

    using with_recovery_cards::cards;
    issued_certificate old = cards.issue();
    issued_certificate renewed = cards.second.issue();
    json::value mine;
};

TEST_F(card_recovery_at_work, goes_on_with_the_new_card_alone) {
    const auto another = cards.issue();
    as_operator->made("/v1/wallets/" + text_at(mine, "wallet") + "/cards", {{"certificate", to_base64(another.der())}});
    EXPECT_EQ(pays(old, "p-1"), "captured");
    EXPECT_EQ(pays(another, "p-2"), "captured");
    take_in({another});
    EXPECT_EQ(code_of(recover(renewed)), "card_still_good") << "the other one";
    take_in({another, old});
    const auto answer = recover(renewed);
    ASSERT_EQ(answer.status, 201) << answer.body;
    const auto session = json::parse(answer.body);
    EXPECT_EQ(text_at(session, "wallet"), text_at(mine, "wallet"));
    EXPECT_EQ(text_at(session, "mykey_id"), text_at(mine, "mykey_id"));
    EXPECT_EQ(text_at(session, "opened_by"), "card");
    EXPECT_EQ(as(session).get(own("/balances")).status, 200);
    EXPECT_EQ(as(mine).get("/v1/sessions").status, 401) << "opened by the old card";
    for (const auto& gone : {old, another}) {
        EXPECT_EQ(code_of(logs_in(gone)), "card_not_accepted");
        EXPECT_EQ(pays(gone, "gone-" + gone.digest().substr(0, 8)), "credential_revoked");
    }
    EXPECT_EQ(pays(renewed, "p-3"), "captured");
    EXPECT_EQ(available(text_at(mine, "wallet")), 470);
    const auto types = [&] {
        std::vector<std::string> all;
        const auto seen = as_operator->read(own("/entries"));
        for (const auto& one : seen.at("data").as_array()) all.push_back(text_at(one, "type"));
        return all;
    }();
    EXPECT_EQ(std::ranges::count(types, "card_renewal"), 1);
    as(session).made(own("/password"), {{"password", "another horse"}});
    // The session knows its card: the next renewal goes the usual way.
    const auto third = cards.issue();
    EXPECT_EQ(as(session).post(own("/card_renewals"), shown_card(third, challenge("rebind"), "rebind")).status, 201);
    EXPECT_EQ(text_at(logged_in(third), "wallet"), text_at(mine, "wallet"));
}

TEST_F(card_recovery_at_work, can_be_repeated_and_survives_a_crash) {
    take_in({old});
    const auto body = recovery(renewed);
    ASSERT_EQ(nobody().post("/v1/card_recoveries", body).status, 201);
    EXPECT_EQ(code_of(nobody().post("/v1/card_recoveries", body)), "challenge_not_open") << "played back";
    const auto again = recover(renewed);
    ASSERT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(text_at(json::parse(again.body), "wallet"), text_at(mine, "wallet"));
    kill_and_restart();
    EXPECT_EQ(recover(renewed).status, 201);
    EXPECT_EQ(code_of(logs_in(old)), "card_not_accepted");
    EXPECT_EQ(code_of(recover(old)), "card_not_accepted") << "a retired card recovers nothing";
    EXPECT_EQ(pays(renewed, "p-1"), "captured");
}

TEST_F(card_recovery_at_work, works_where_the_desk_has_retired_the_old_card) {
    const auto entries = as_operator->read(own("/entries")).at("data").as_array();
    EXPECT_EQ(text_at(entries.back(), "type"), "enrollment");
    const auto desk = cards.issue();
    const auto bound = as_operator->made("/v1/wallets/" + text_at(mine, "wallet") + "/cards",
                                         {{"certificate", to_base64(desk.der())}});
    const auto retire = [&](const std::string& id) {
        return as_operator->post("/v1/cards/" + id + "/retire", {{"reason", "回収"}});
    };
    take_in({desk, old});
    const auto first = recover(renewed);
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(code_of(retire(text_at(bound, "id"))), "invalid_state") << "retired with the others";
    // The desk takes the newest one in, too.
    const auto session = json::parse(first.body);
    const auto last = cards.issue();
    const auto renewal = api_client{process->port(), text_at(session, "token")}.made(
        own("/card_renewals"), shown_card(last, challenge("rebind"), "rebind"));
    EXPECT_EQ(retire(text_at(renewal, "id")).status, 200);
    EXPECT_EQ(code_of(logs_in(last)), "card_not_accepted");
    EXPECT_EQ(code_of(logs_in(renewed)), "card_not_accepted");
    const auto next = cards.issue();
    const auto answer = recover(next);
    ASSERT_EQ(answer.status, 201) << answer.body;
    EXPECT_EQ(text_at(json::parse(answer.body), "wallet"), text_at(mine, "wallet"));
    EXPECT_EQ(pays(next, "p-1"), "captured");
}

TEST_F(card_recovery_at_work, needs_all_three_and_gives_nobody_elses_card) {
    EXPECT_EQ(code_of(recover(renewed)), "card_still_good");
    EXPECT_EQ(logs_in(old).status, 201) << "nothing has changed";
    take_in({old});
    const auto neighbours = cards.issue();
    const auto neighbour = logged_in(neighbours);
    EXPECT_EQ(code_of(recover(neighbours)), "card_already_bound");
    EXPECT_EQ(as(neighbour).get("/v1/sessions").status, 200);
    EXPECT_EQ(as(mine).get("/v1/sessions").status, 200) << "nothing has changed";
    EXPECT_EQ(code_of(recover(cards.issue(signing_wish()))), "card_not_accepted");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(recover(renewed, "wrong horse")), "password_not_accepted");
    const auto locked = recover(renewed);
    EXPECT_EQ(code_of(locked), "password_locked");
    EXPECT_EQ(locked.field("retry-after"), "900");
    EXPECT_EQ(code_of(nobody().post("/v1/checkout_sessions",
                                    {{"mykey_id", text_at(mine, "mykey_id")}, {"password", "correct horse"}})),
              "password_locked")
        << "one count";
    EXPECT_EQ(as(mine).get("/v1/sessions").status, 200) << "the session goes on";
}

} // namespace
} // namespace meguri::test
