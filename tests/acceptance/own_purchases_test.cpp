// What residents do by themselves with the session that their card opened: buy points by card through the gateway, give
// up, have a mandate, and see what became of it all. Real program, real gateway process, and either may be killed.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/acceptance/small_bank_table.hpp"
#include "tests/support/gateway_process.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

struct with_cards_and_gateway {
    temporary_folder card_folder;
    test_cards cards{card_folder.path()};
    temporary_folder gateway_folder;
    gateway_process gateway{MEGURI_GATEWAY, gateway_folder.path()};
    small_bank_table banks;
};

class own_purchases : protected with_cards_and_gateway, public payments_scene {
protected:
    own_purchases() : payments_scene{cards.settings() + gateway.settings() + banks.settings()} {
        as_operator->made(
            "/v1/programs/042021/purchase_settings",
            {{"minimum", 1'000},
             {"maximum", 10'000},
             {"per_day", 20'000},
             {"per_month", 30'000},
             {"days_to_pay", 1},
             {"refund_days", 30},
             {"account_transfer", {{"consignor_code", "0012345678"}, {"debit_day", 31}, {"lead_days", 0}}},
             {"card", true},
             {"reason", "発売"}});
        gateway.start(process->port());
    }

    struct person {
        issued_certificate card;
        std::string wallet;
        std::string token;
    };
    [[nodiscard]] api_client as(const person& one) const { return {process->port(), one.token}; }
    [[nodiscard]] person log_in(const issued_certificate& card) const {
        api_client nobody{process->port(), {}};
        const auto challenge = text_at(nobody.made("/v1/challenges", {{"purpose", "login"}}), "challenge");
        const auto session = nobody.made("/v1/sessions", shown_card(card, challenge));
        return {card, text_at(session, "wallet"), text_at(session, "token")};
    }
    [[nodiscard]] person new_resident() { return log_in(cards.issue()); }
    static json::object buying(std::int64_t amount, const char* method) {
        return {{"program", "042021"}, {"amount", amount}, {"method", method}};
    }
    static json::object account() {
        return {
            {"bank", "0125"}, {"branch", "404"}, {"type", "ordinary"}, {"number", "1234567"}, {"holder", "ﾔﾏﾀﾞ ﾊﾅｺ"}};
    }
    [[nodiscard]] static std::string named(const json::value& purchase) {
        return "/v1/purchases/" + text_at(purchase, "id");
    }
    // Waits until it does, ten seconds at most.
    [[nodiscard]] json::value until(const person& who, const json::value& purchase, const std::string& stage) const {
        auto stands = as(who).read(named(purchase));
        for (int tries = 0; tries < 200 && text_at(stands.at("card"), "stage") != stage; ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
            stands = as(who).read(named(purchase));
        }
        EXPECT_EQ(text_at(stands.at("card"), "stage"), stage) << json::serialize(stands);
        return stands;
    }
    [[nodiscard]] json::array list(const person& who, const std::string& what) const {
        return as(who).read("/v1/wallets/" + who.wallet + what).at("data").as_array();
    }
};

TEST_F(own_purchases, by_card_go_from_the_session_to_the_gateway_s_page_to_points) {
    auto me = new_resident();
    const auto purchase = as(me).made("/v1/purchases", buying(5'000, "card"), "k");
    EXPECT_EQ(text_at(purchase, "wallet"), me.wallet);
    const auto pending = until(me, purchase, "pending");
    EXPECT_EQ(pending, as_operator->read(named(purchase))) << "as the office sees it";
    const auto url = text_at(pending.at("card"), "redirect_url");
    gateway.ask("GET", url.substr(url.find("/3ds/")) + "?approve=1");
    const auto paid = until(me, purchase, "captured");
    EXPECT_EQ(available(me.wallet), 5'000);
    EXPECT_EQ(list(me, "/purchases"), json::array{paid});
    kill_and_restart();
    gateway.start(process->port());
    me = log_in(me.card);
    EXPECT_EQ(list(me, "/purchases"), json::array{paid});
    restart(); // from the state store by now
    me = log_in(me.card);
    EXPECT_EQ(list(me, "/purchases"), json::array{paid});
}

TEST_F(own_purchases, are_given_up_and_listed_page_by_page_and_nobody_else_sees_them) {
    const auto me = new_resident();
    const auto neighbour = new_resident();
    std::vector<json::value> all;
    for (const char* const key : {"a", "b", "c"})
        all.push_back(as(me).made("/v1/purchases", buying(1'000, "counter"), key));
    const auto given_up = as(me).made(named(all[1]) + "/cancellation", {{"reason", "取りやめ"}});
    EXPECT_EQ(text_at(given_up, "status"), "cancelled");
    EXPECT_EQ(as(neighbour).get(named(all[0])).status, 404);
    EXPECT_EQ(as(neighbour).post(named(all[0]) + "/cancellation", {{"reason", "いたずら"}}).status, 404);
    EXPECT_EQ(as(neighbour).get("/v1/wallets/" + me.wallet + "/purchases").status, 404);
    json::object for_me = buying(1'000, "counter");
    for_me["wallet"] = me.wallet;
    EXPECT_EQ(code_of(as(neighbour).post("/v1/purchases", for_me, "x")), "wallet_unknown");
    EXPECT_EQ(as(me).post(named(all[0]) + "/refund", {{"reason", "返金"}}).status, 403);
    EXPECT_TRUE(list(neighbour, "/purchases").empty());
    const auto first = as(me).read("/v1/wallets/" + me.wallet + "/purchases?limit=2");
    ASSERT_EQ(first.at("data").as_array().size(), 2U);
    EXPECT_EQ(text_at(first.at("data").at(0), "id"), text_at(all[2], "id"));
    EXPECT_EQ(text_at(first.at("data").at(1), "status"), "cancelled");
    const auto rest = as(me).read("/v1/wallets/" + me.wallet + "/purchases?after=" + text_at(first, "next"));
    ASSERT_EQ(rest.at("data").as_array().size(), 1U);
    EXPECT_EQ(text_at(rest.at("data").at(0), "id"), text_at(all[0], "id"));
    EXPECT_TRUE(rest.at("next").is_null());
}

TEST_F(own_purchases, by_account_transfer_rest_on_a_mandate_that_the_office_confirms) {
    auto me = new_resident();
    EXPECT_EQ(code_of(as(me).post("/v1/purchases", buying(1'000, "account_transfer"), "a")), "mandate_missing");
    const auto asked = as(me).made("/v1/mandates", {{"program", "042021"}, {"account", account()}});
    EXPECT_EQ(text_at(asked, "wallet"), me.wallet);
    const auto mandate = "/v1/mandates/" + text_at(asked, "id");
    EXPECT_EQ(as(me).post(mandate + "/confirmation", json::object{}).status, 403);
    as_operator->made(mandate + "/confirmation", json::object{});
    EXPECT_EQ(text_at(as(me).read(mandate), "status"), "confirmed");
    const auto purchase = as(me).made("/v1/purchases", buying(1'000, "account_transfer"), "b");
    EXPECT_EQ(text_at(purchase, "mandate"), text_at(asked, "id"));
    EXPECT_EQ(as(new_resident()).get(mandate).status, 404);
    EXPECT_EQ(as(new_resident()).post(mandate + "/end", {{"reason", "いたずら"}}).status, 404);
    as(me).made(mandate + "/end", {{"reason", "不要"}});
    const auto next = as(me).made("/v1/mandates", {{"program", "042021"}, {"account", account()}});
    const auto seen = list(me, "/mandates");
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(text_at(seen[0], "id"), text_at(next, "id"));
    EXPECT_EQ(text_at(seen[0], "status"), "requested");
    EXPECT_EQ(text_at(seen[1], "status"), "ended");
    kill_and_restart();
    me = log_in(me.card);
    EXPECT_EQ(list(me, "/mandates"), seen);
}

} // namespace
} // namespace meguri::test
