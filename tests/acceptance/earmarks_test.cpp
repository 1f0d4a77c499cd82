// Earmarked points over real sockets against the real program: good at the grocer's, not at the bookshop, whatever is
// killed in between.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/acceptance/small_bank_table.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

struct banks_at_hand {
    small_bank_table banks;
};

class earmarks : private banks_at_hand, public payments_scene {
protected:
    struct shop {
        std::string path;
        std::string till_key;
    };
    earmarks()
        : payments_scene{banks.settings()},
          checker_key{text_at(as_operator->made("/v1/operators", {{"name", "検査"}}), "key")} {}

    api_client checker() { return {process->port(), checker_key}; }
    api_client at(const shop& one) { return {process->port(), one.till_key}; }
    shop with_till(const std::string& merchant) {
        const auto path = "/v1/merchants/" + merchant;
        return {path, text_at(as_operator->made(path + "/terminals", {{"name", "レジ1"}}), "key")};
    }
    // By an application, whose categories become the merchant's.
    shop applied(const char* name, json::array categories) {
        const auto made = as_operator->made(
            "/v1/applications/merchants",
            {{"name", name},
             {"programs", {"042021"}},
             {"categories", std::move(categories)},
             {"account",
              {{"bank", "0125"}, {"branch", "404"}, {"type", "ordinary"}, {"number", "1234567"}, {"holder", "ｱﾍﾞ"}}},
             {"contact", {{"name", "阿部"}, {"email", "abe@example.jp"}}}});
        return with_till(text_at(
            checker().made("/v1/applications/" + text_at(made, "id") + "/approvals", json::object{}), "merchant"));
    }
    shop joined(const char* name) {
        return with_till(text_at(as_operator->made("/v1/merchants", {{"name", name}, {"programs", {"042021"}}}), "id"));
    }
    void sell(const shop& one, json::array categories) {
        const auto told = as_operator->post(one.path + "/categories",
                                            {{"categories", std::move(categories)}, {"reason", "業種変更"}});
        EXPECT_EQ(told.status, 200) << told.body;
    }
    // An approved campaign of 300 points for each, for food.
    std::string for_food() {
        const auto made = as_operator->made("/v1/programs/042021/campaigns", {{"name", "食費応援"},
                                                                              {"budget", 10'000},
                                                                              {"source", "budget:042021:food"},
                                                                              {"first_day", "2026-01-01"},
                                                                              {"last_day", "2099-12-31"},
                                                                              {"amount_rule", "fixed"},
                                                                              {"amount", 300},
                                                                              {"earmark", {"food"}}});
        EXPECT_EQ(made.at("earmark"), (json::array{"food"}));
        const auto path = "/v1/campaigns/" + text_at(made, "id");
        checker().made(path + "/approvals", json::object{});
        return path;
    }
    // A new resident with nothing but what the campaign grants.
    small_town::purse granted_by(const std::string& campaign) {
        small_town::purse one;
        one.id = text_at(as_operator->made("/v1/wallets", json::object{}), "id");
        one.card = text_at(as_operator->made("/v1/wallets/" + one.id + "/codes", {{"kind", "card"}}), "value");
        const auto grant = as_operator->made(campaign + "/grants", {{"wallet", one.id}, {"occasion", "四月"}}, one.id);
        EXPECT_EQ(grant.at("earmark"), (json::array{"food"}));
        return one;
    }
    json::value pay(const shop& where, const small_town::purse& by, std::int64_t amount, const std::string& key) {
        return at(where).made("/v1/authorizations", payment(by, amount), key);
    }

    std::string checker_key;
};

TEST_F(earmarks, are_good_where_the_category_is_sold_through_kill_and_restart) {
    const auto bookshop = joined("書店");
    const auto grocery = joined("食料品店");
    sell(bookshop, {"books"});
    sell(grocery, {"food", "gifts"});
    EXPECT_EQ(as_operator->read(grocery.path + "/categories").at("categories"), (json::array{"food", "gifts"}));
    const auto by = granted_by(for_food());
    const auto balances = as_operator->read("/v1/wallets/" + by.id + "/balances").at("data").as_array();
    ASSERT_EQ(balances.size(), 1U);
    EXPECT_EQ(balances.at(0).at("lots").at(0).at("earmark"), (json::array{"food"}));

    const auto declined = pay(bookshop, by, 100, "b1");
    EXPECT_EQ(text_at(declined, "decline_code"), "insufficient_points");
    EXPECT_EQ(declined.at("balance").as_int64(), 0) << "nothing that this till would then decline";
    const auto paid = pay(grocery, by, 100, "g1");
    EXPECT_EQ(text_at(paid, "status"), "captured");
    EXPECT_EQ(paid.at("balance").as_int64(), 200);

    kill_and_restart();
    EXPECT_EQ(pay(bookshop, by, 100, "b1"), declined);
    EXPECT_EQ(pay(grocery, by, 100, "g1"), paid);
    sell(bookshop, {"books", "food"});
    sell(grocery, json::array{});
    kill_and_restart();
    EXPECT_EQ(text_at(pay(grocery, by, 1, "g2"), "decline_code"), "insufficient_points");
    EXPECT_EQ(pay(bookshop, by, 150, "b2").at("balance").as_int64(), 50);
    const auto refunded =
        at(grocery).made("/v1/authorizations/" + text_at(paid, "id") + "/refunds", {{"amount", 60}}, "r1");
    EXPECT_EQ(refunded.at("balance").as_int64(), 0) << "it came back, but cannot be spent here any more";
    EXPECT_EQ(available(by.id), 110);
    restart(); // from the state store by now
    EXPECT_EQ(pay(bookshop, by, 110, "b3").at("balance").as_int64(), 0);
    std::size_t told = 0; // the grant's lot, and those of three payments
    const auto entries = as_operator->read("/v1/wallets/" + by.id + "/entries");
    for (const auto& one : entries.at("data").as_array())
        for (const auto& lot : one.at("lots").as_array()) {
            EXPECT_EQ(lot.at("earmark"), (json::array{"food"})) << one;
            ++told;
        }
    EXPECT_EQ(told, 4U);
}

TEST_F(earmarks, pass_over_what_ends_sooner_and_are_granted_by_a_file_too) {
    const auto grocery = applied("食料品店", {"food"});
    const auto campaign = for_food();
    const auto sent = as_operator->post_csv(campaign + "/recipients",
                                            "wallet,occasion,amount\r\n" + town.wallets[0].id + ",五月,300\r\n", "f");
    ASSERT_EQ(sent.status, 201) << sent.body;
    for (int i = 0; i < 100 && available(town.wallets[0].id) != 5'300; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    ASSERT_EQ(available(town.wallets[0].id), 5'300);
    EXPECT_EQ(till->made("/v1/authorizations", payment(town.wallets[0], 100), "a").at("balance").as_int64(), 4'900);
    EXPECT_EQ(declined(payment(town.wallets[0], 4'901), "b"), "insufficient_points");
    EXPECT_EQ(pay(grocery, town.wallets[0], 5'200, "c").at("balance").as_int64(), 0);
}

TEST_F(earmarks, are_named_rightly_or_refused_and_their_change_is_an_act) {
    const auto bookshop = joined("書店");
    EXPECT_EQ(as_operator->read(bookshop.path + "/categories").at("categories"), json::array{});
    sell(bookshop, {"books"});
    EXPECT_EQ(text_at(as_operator->read("/v1/audit").at("data").at(0), "type"), "categories");
    const auto refused = [](const http_reply& reply) {
        const auto problem = json::parse(reply.body);
        return text_at(problem, "code") + ' ' + text_at(problem, "pointer");
    };
    json::object campaign{{"name", "食費応援"},
                          {"budget", 10'000},
                          {"source", "budget:042021:food"},
                          {"first_day", "2026-01-01"},
                          {"last_day", "2099-12-31"},
                          {"amount_rule", "fixed"},
                          {"amount", 300}};
    for (const json::value& wrong : {json::value{"Food"}, json::value(json::array{"Food"}),
                                     json::value(json::array{"food", "food"}), json::value(json::array{""})}) {
        campaign["earmark"] = wrong;
        const auto reply = refused(as_operator->post("/v1/programs/042021/campaigns", campaign));
        EXPECT_EQ(reply, (wrong.is_string() ? "malformed_request /earmark" : "invalid_value /earmark")) << wrong;
    }
    campaign["earmark"] = json::array{};
    EXPECT_FALSE(as_operator->made("/v1/programs/042021/campaigns", campaign).as_object().contains("earmark"));
    as_operator->made("/v1/programs", {{"code", "432148"}, {"name", "阿蘇"}, {"expiry_days", 90}});
    api_client foreign{process->port(),
                       text_at(as_operator->made("/v1/municipalities/432148/staff", {{"name", "係"}}), "key")};
    EXPECT_EQ(foreign.post(bookshop.path + "/categories", {{"categories", json::array{}}, {"reason", "x"}}).status,
              404);
    EXPECT_EQ(foreign.get(bookshop.path + "/categories").status, 404);
    EXPECT_EQ(till->get(bookshop.path + "/categories").status, 403);
}

} // namespace
} // namespace meguri::test
