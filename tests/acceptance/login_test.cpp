// Residents on the real program over real sockets: a card shows who comes, a session is theirs alone, and both end.
#include "ledger/calendar.hpp"
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

struct with_card_files {
    temporary_folder card_folder;
    test_cards cards{card_folder.path()};
};

class log_in_by_card : private with_card_files, public payments_scene {
protected:
    explicit log_in_by_card(const std::string& more = {})
        : payments_scene{cards.settings() +
                         "[login]\naudience = \"meguri.example.jp\"\nsession_idle_s = 600\n"
                         "session_s = 3600\n" +
                         more} {}

    api_client nobody() { return {process->port(), {}}; }
    std::string challenge(const std::string& purpose = "login") {
        return text_at(nobody().made("/v1/challenges", {{"purpose", purpose}}), "challenge");
    }
    static json::object shown(const issued_certificate& by, const std::string& challenge) {
        return shown_card(by, challenge, "login", "meguri.example.jp");
    }
    json::value logged_in(const issued_certificate& by) {
        return nobody().made("/v1/sessions", shown(by, challenge()));
    }
    api_client as(const json::value& session) { return {process->port(), text_at(session, "token")}; }
    static std::string own(const json::value& session, const char* rest) {
        return "/v1/wallets/" + text_at(session, "wallet") + rest;
    }

    // The switch reads its clock's file once a second; a challenge says until when it is good.
    void pass(long seconds) {
        turn_clock(seconds);
        const auto ahead = ledger::to_rfc3339(ledger::instant{signed_by_card::now_ms() + (seconds + 30) * 1000});
        while (text_at(nobody().made("/v1/challenges", {{"purpose", "login"}}), "ends_at") < ahead)
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }

    using with_card_files::cards;
    issued_certificate card = cards.issue();
};

TEST_F(log_in_by_card, makes_a_person_and_knows_them_again) {
    const auto first = logged_in(card);
    EXPECT_TRUE(first.at("enrolled").as_bool());
    const auto my_key = text_at(first, "mykey_id");
    const auto again = logged_in(card);
    EXPECT_FALSE(again.at("enrolled").as_bool());
    EXPECT_EQ(text_at(again, "wallet"), text_at(first, "wallet"));
    EXPECT_EQ(text_at(again, "mykey_id"), my_key);
    kill_and_restart();
    const auto after = logged_in(card);
    EXPECT_FALSE(after.at("enrolled").as_bool());
    EXPECT_EQ(text_at(after, "wallet"), text_at(first, "wallet"));
    EXPECT_EQ(as_operator->read("/v1/mykey_ids/" + my_key).at("wallet").as_string(), text_at(first, "wallet"));
    EXPECT_EQ(as(first).get("/v1/sessions").status, 401) << "a restart ends sessions";
}

TEST_F(log_in_by_card, of_64_at_once_is_one_person) {
    std::vector<json::object> bodies;
    for (int i = 0; i < 32; ++i) bodies.push_back(shown(card, challenge()));
    std::vector<http_reply> replies(bodies.size());
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < bodies.size(); ++i)
        all.emplace_back([&, i] { replies[i] = nobody().post("/v1/sessions", bodies[i]); });
    for (auto& one : all) one.join();
    std::set<std::string> wallets;
    int enrolled = 0;
    for (const auto& reply : replies) {
        ASSERT_EQ(reply.status, 201) << reply.body;
        const auto session = json::parse(reply.body);
        wallets.insert(text_at(session, "wallet"));
        if (session.at("enrolled").as_bool()) ++enrolled;
    }
    EXPECT_EQ(wallets.size(), 1U);
    EXPECT_EQ(enrolled, 1);
}

TEST_F(log_in_by_card, uses_a_challenge_once_within_a_minute) {
    const auto body = shown(card, challenge());
    EXPECT_EQ(nobody().post("/v1/sessions", body).status, 201);
    EXPECT_EQ(code_of(nobody().post("/v1/sessions", body)), "challenge_not_open");
    EXPECT_EQ(code_of(nobody().post("/v1/sessions", shown(card, challenge("rebind")))), "challenge_not_open");
    const auto late = shown(card, challenge());
    pass(61);
    EXPECT_EQ(code_of(nobody().post("/v1/sessions", late)), "challenge_not_open");
}

TEST_F(log_in_by_card, opens_what_is_the_residents_own) {
    const auto mine = logged_in(card);
    auto resident = as(mine);
    as_operator->made("/v1/grants",
                      {{"wallet", text_at(mine, "wallet")},
                       {"program", "042021"},
                       {"amount", 500},
                       {"source", "budget:042021:health"}},
                      "g-1");
    EXPECT_EQ(resident.read(own(mine, "/balances")).at("data").as_array().at(0).at("available").as_int64(), 500);
    EXPECT_EQ(text_at(resident.read(own(mine, "/entries")).at("data").as_array().at(1), "type"), "enrollment");
    const auto code = resident.made(own(mine, "/codes"), {{"kind", "once"}});
    const auto paid = till->made("/v1/authorizations", payment({{}, text_at(code, "value")}, 100), "p-1");
    EXPECT_EQ(text_at(paid, "status"), "captured");
    EXPECT_EQ(text_at(resident.made(own(mine, "/mykey_id"), {{"wish", "ABCD1234"}}), "result"), "changed");
    EXPECT_EQ(text_at(resident.made(own(mine, "/mykey_id/revoke"), {{"reason", "不要"}}), "result"), "revoked");
    const auto neighbours = "/v1/wallets/" + town.wallets[0].id;
    EXPECT_EQ(resident.get(neighbours + "/balances").status, 404);
    EXPECT_EQ(resident.post(neighbours + "/codes", {{"kind", "once"}}).status, 404);
    EXPECT_EQ(resident.get("/v1/ledger/trial_balance").status, 403);
    EXPECT_EQ(resident.post("/v1/wallets", json::object{}).status, 403);
    // The card pays, too, since it is bound.
    signed_by_card at_till{town.merchant, town.terminal, "p-2", 100};
    EXPECT_EQ(text_at(till->made("/v1/authorizations", at_till.by(card), "p-2"), "status"), "captured");
}

TEST_F(log_in_by_card, ends_by_idleness_time_and_word) {
    const auto first = logged_in(card);
    const auto second = logged_in(card);
    EXPECT_EQ(as(first).read("/v1/sessions").at("data").as_array().size(), 2U);
    as(first).made("/v1/sessions/" + text_at(second, "id") + "/revoke", json::object{});
    EXPECT_EQ(as(second).get("/v1/sessions").status, 401);
    for (long at = 500; at < 3'600; at += 500) {
        pass(at);
        EXPECT_EQ(as(first).get("/v1/sessions").status, 200) << at;
    }
    pass(3'601);
    EXPECT_EQ(as(first).get("/v1/sessions").status, 401) << "however busy";
}

TEST_F(log_in_by_card, ends_when_nobody_uses_it) {
    const auto idle = logged_in(card);
    pass(601);
    EXPECT_EQ(as(idle).get("/v1/sessions").status, 401);
}

TEST_F(log_in_by_card, goes_on_with_the_renewed_card) {
    const auto first = logged_in(card);
    const auto elsewhere = logged_in(card);
    const auto renewed = cards.second.issue();
    const auto renew = [&](const issued_certificate& by, const char* purpose = "rebind", const char* key = "") {
        return as(first).post(own(first, "/card_renewals"),
                              shown_card(by, challenge(purpose), "rebind", "meguri.example.jp"), key);
    };
    const auto neighbours = cards.issue();
    logged_in(neighbours);
    EXPECT_EQ(code_of(renew(neighbours)), "card_already_bound") << "one card, one person";
    EXPECT_EQ(code_of(renew(renewed, "login")), "challenge_not_open");
    EXPECT_EQ(code_of(renew(cards.issue(signing_wish()))), "card_not_accepted");
    const auto answer = renew(renewed, "rebind", "renewal");
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(renew(renewed, "rebind", "renewal").body, answer.body) << "the same key, another challenge";
    EXPECT_EQ(as(elsewhere).get("/v1/sessions").status, 401) << "opened by the card before";
    EXPECT_EQ(as(first).get("/v1/sessions").status, 200);
    const auto again = logged_in(renewed);
    EXPECT_EQ(text_at(again, "wallet"), text_at(first, "wallet"));
    EXPECT_EQ(text_at(again, "mykey_id"), text_at(first, "mykey_id"));
    EXPECT_FALSE(again.at("enrolled").as_bool());
    EXPECT_EQ(code_of(nobody().post("/v1/sessions", shown(card, challenge()))), "card_not_accepted") << "retired";
    const auto third = cards.issue();
    EXPECT_EQ(renew(third).status, 201) << "the session knows the new card";
    EXPECT_EQ(code_of(nobody().post("/v1/sessions", shown(renewed, challenge()))), "card_not_accepted");
}

TEST_F(log_in_by_card, is_helped_at_a_desk) {
    const auto staff = as_operator->made("/v1/municipalities/042021/staff", {{"name", "窓口"}});
    api_client attendant{process->port(), text_at(staff, "key")};
    const auto shown_at_desk = [&] { return shown_card(card, challenge("support"), "support", "meguri.example.jp"); };
    const auto begun = attendant.made("/v1/support_sessions", shown_at_desk());
    EXPECT_TRUE(begun.at("enrolled").as_bool());
    as(begun).made(own(begun, "/mykey_id"), {{"wish", "ABCD1234"}});
    as(begun).made(own(begun, "/home_municipality"), {{"municipality", "042021"}});
    EXPECT_EQ(as(begun).post(own(begun, "/codes"), {{"kind", "once"}}).status, 403);
    EXPECT_EQ(code_of(as(begun).post(own(begun, "/password"), {{"password", "correct horse"}})), "card_required");
    EXPECT_FALSE(attendant.made("/v1/support_sessions", shown_at_desk()).at("enrolled").as_bool());
    const auto acts = as_operator->read("/v1/audit").at("data").as_array();
    std::vector<std::string> types;
    for (std::size_t i = 0; i < 4; ++i) {
        types.push_back(text_at(acts.at(i), "type"));
        EXPECT_EQ(acts.at(i).at("by").at("id"), staff.at("id")) << json::serialize(acts.at(i));
    }
    EXPECT_EQ(types,
              (std::vector<std::string>{"support_session", "home_municipality", "mykey_id_change", "enrollment"}));
    EXPECT_EQ(text_at(logged_in(card), "mykey_id"), "ABCD1234") << "alone again";
}

TEST_F(log_in_by_card, sets_the_password_of_checkouts) {
    const auto mine = logged_in(card);
    const auto checkout = [&](const char* password) {
        return nobody().post("/v1/checkout_sessions",
                             {{"mykey_id", text_at(mine, "mykey_id")}, {"password", password}});
    };
    EXPECT_EQ(code_of(checkout("correct horse")), "password_not_accepted") << "none is set";
    as(mine).made(own(mine, "/password"), {{"password", "correct horse"}});
    const auto opened = checkout("correct horse");
    ASSERT_EQ(opened.status, 201) << opened.body;
    const auto session = json::parse(opened.body);
    EXPECT_EQ(text_at(session, "wallet"), text_at(mine, "wallet"));
    EXPECT_EQ(as(session).get(own(mine, "/balances")).status, 200);
    EXPECT_EQ(as(session).post(own(mine, "/password"), {{"password", "my own horse"}}).status, 403);
    EXPECT_EQ(as(session).post(own(mine, "/codes"), {{"kind", "once"}}).status, 403);
    restart();
    EXPECT_EQ(checkout("correct horse").status, 201) << "the hash is in the ledger";
    EXPECT_EQ(code_of(checkout("wrong horse")), "password_not_accepted");
    const auto again = logged_in(card);
    as(again).made(own(again, "/password"), {{"password", "another horse"}});
    EXPECT_EQ(code_of(checkout("correct horse")), "password_not_accepted");
    EXPECT_EQ(checkout("another horse").status, 201);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(checkout("wrong horse")), "password_not_accepted");
    EXPECT_EQ(code_of(checkout("another horse")), "password_locked");
    EXPECT_EQ(text_at(as_operator->read(own(mine, "/entries")).at("data").as_array().at(0), "type"), "password");
}

TEST_F(log_in_by_card, refuses_cards_that_are_retired_or_revoked) {
    const auto mine = logged_in(card);
    const auto entries = as_operator->read(own(mine, "/entries")).at("data").as_array();
    EXPECT_EQ(text_at(entries.at(0), "type"), "enrollment");
    const auto stolen = cards.issue();
    logged_in(stolen);
    cards.revoke({stolen});
    std::string last;
    for (int i = 0; i < 100 && last != "card_not_accepted"; ++i) {
        last = code_of(nobody().post("/v1/sessions", shown(stolen, challenge())));
        if (last.empty()) std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    EXPECT_EQ(last, "card_not_accepted");
    EXPECT_EQ(code_of(nobody().post("/v1/sessions", shown(cards.issue(signing_wish()), challenge()))),
              "card_not_accepted");
    auto unknown = shown(cards.issue(), challenge());
    unknown["enroll"] = false;
    EXPECT_EQ(code_of(nobody().post("/v1/sessions", unknown)), "card_unknown");
}

} // namespace
} // namespace meguri::test
