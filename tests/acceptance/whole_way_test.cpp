// A person's whole way, from the card to the shop, on real processes alone: a My Number card in a virtual reader,
// pcscd, OpenSC, meguri-reader at a terminal, the partner company, the released switch. Points come by conversion, by
// grant and by purchase; two payments later the books and every lot say where they came from and where they went.
#include "tests/acceptance/linked_town.hpp"
#include "tests/reader/issued_card.hpp"
#include "tests/reader/own_namespaces.hpp"
#include "tests/reader/pkcs11_tool.hpp"
#include "tests/reader/reader_program.hpp"
#include "tests/reader/virtual_reader.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <thread>
#include <vector>

namespace meguri::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// Entered before any process of the scene begins, or the reader would be in another network than the rest.
struct in_own_namespaces {
    const std::string refused = enter_own_namespaces();
};

class whole_way : private in_own_namespaces, public linked_town {
protected:
    void SetUp() override {
        if (!refused.empty()) GTEST_SKIP() << refused;
        // OpenSC keeps settings and a cache below it.
        ::setenv("HOME", folder.path().c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
        pcscd.emplace();
        issue_card(cards.first, folder / "card");
        inserted.emplace(folder / "card");
    }

    // At a terminal with a reader: the PIN is typed there and goes to the card alone.
    json::value log_in_at_the_reader() {
        api_client nobody{process->port(), {}};
        const auto challenge = text_at(nobody.made("/v1/challenges", {{"purpose", "login"}}), "challenge");
        const auto shown = sign_challenge(challenge, "meguri", card_pin);
        EXPECT_EQ(shown.status, 0) << shown.errors;
        const auto session = nobody.made("/v1/sessions", json::parse(shown.output));
        me.wallet = text_at(session, "wallet");
        me.token = text_at(session, "token");
        return session;
    }
    void kill_and_log_in() {
        kill_and_restart();
        EXPECT_FALSE(log_in_at_the_reader().at("enrolled").as_bool()) << "the same person";
    }

    void convert_miles(std::int64_t units) {
        link(me, "alice");
        const auto asked = convert(me, units, "conversion", {{"program", "042021"}});
        ASSERT_EQ(asked.status, 201) << asked.body;
        wait_for(text_at(json::parse(asked.body), "id"), "completed");
        EXPECT_EQ(company.points_of("alice"), 20'000 - units);
    }
    void be_granted_by_file(const std::string& mykey_id, std::int64_t amount) {
        api_client staff{process->port(),
                         text_at(as_operator->made("/v1/municipalities/042021/staff", {{"name", "係"}}), "key")};
        const auto campaign = staff.made("/v1/programs/042021/campaigns", {{"name", "歩いて健康"},
                                                                           {"budget", 10'000},
                                                                           {"source", "budget:042021:health"},
                                                                           {"first_day", "2026-01-01"},
                                                                           {"last_day", "2099-12-31"},
                                                                           {"amount_rule", "up_to"},
                                                                           {"amount", amount}});
        const auto path = "/v1/campaigns/" + text_at(campaign, "id");
        as_operator->made(path + "/approvals", json::object{});
        const auto csv =
            "mykey_id,occasion,amount,note\r\n" + mykey_id + ",健康ウォーク," + std::to_string(amount) + ",\r\n";
        const auto accepted = staff.post_csv(path + "/recipients", csv, "file");
        ASSERT_EQ(accepted.status, 201) << accepted.body;
        const auto file = "/v1/recipients/" + text_at(json::parse(accepted.body), "id");
        for (int i = 0; i < 500 && text_at(staff.read(file), "status") != "finished"; ++i)
            std::this_thread::sleep_for(20ms);
        EXPECT_EQ(staff.read(file).at("granted").as_int64(), 1);
    }
    void buy_at_a_counter(std::int64_t amount) {
        as_operator->made("/v1/programs/042021/purchase_settings", {{"minimum", 1'000},
                                                                    {"maximum", 10'000},
                                                                    {"per_day", 20'000},
                                                                    {"per_month", 30'000},
                                                                    {"days_to_pay", 7},
                                                                    {"reason", "発売"}});
        const auto purchase = as(me).made(
            "/v1/purchases", {{"program", "042021"}, {"amount", amount}, {"method", "counter"}}, "purchase");
        const auto statement = "date,amount,remitter,reference,line_number\r\n" +
                               text_at(purchase, "created_at").substr(0, 10) + ',' + std::to_string(amount) +
                               ",ﾔﾏﾀﾞ ﾊﾅｺ," + text_at(purchase, "reference") + ",1\r\n";
        const auto told = as_operator->post_as("text/csv", "/v1/bank_statements?program=042021", statement);
        ASSERT_EQ(told.status, 200) << told.body;
        EXPECT_EQ(json::parse(told.body).at("credited").at("lines").as_int64(), 1) << told.body;
    }

    // What the till sends: the card has signed this payment.
    [[nodiscard]] json::object signed_payment(std::int64_t amount) const {
        const auto shown = sign_payment({town.merchant, town.terminal, "042021", amount, "by-card"}, card_pin);
        EXPECT_EQ(shown.status, 0) << shown.errors;
        return {{"amount", amount}, {"program", "042021"}, {"credential", json::parse(shown.output)}};
    }
    json::value pay_by_code(std::int64_t amount) {
        const auto code = text_at(as(me).made("/v1/wallets/" + me.wallet + "/codes", {{"kind", "once"}}), "value");
        return till->made("/v1/authorizations", payment({me.wallet, code}, amount), "by-code");
    }

    // What each lot has, by whom it is owed, in the order of spending.
    using owed = std::vector<std::pair<std::string, std::int64_t>>;
    owed lots() {
        owed all;
        const auto rows = as(me).read("/v1/wallets/" + me.wallet + "/balances").at("data").as_array();
        for (const auto& row : rows)
            for (const auto& lot : row.at("lots").as_array())
                all.emplace_back(text_at(lot, "source"), lot.at("amount").as_int64());
        return all;
    }
    // Debits less credits, of every account of the program that has any.
    using standing = std::map<std::string, std::int64_t>;
    standing accounts() {
        standing all;
        const auto balance = as_operator->read("/v1/ledger/trial_balance");
        EXPECT_TRUE(balance.at("balanced").as_bool());
        for (const auto& program : balance.at("data").as_array()) {
            if (text_at(program, "program") != "042021") continue;
            for (const auto& one : program.at("accounts").as_array())
                all[text_at(one, "name")] = one.at("debits").as_int64() - one.at("credits").as_int64();
        }
        return all;
    }
    // What has come to each account since.
    standing since(const standing& before) {
        standing moved = accounts();
        for (const auto& [name, sum] : before) moved[name] -= sum;
        std::erase_if(moved, [](const auto& one) { return one.second == 0; });
        return moved;
    }

    person me;
    std::optional<virtual_reader> pcscd;
    std::optional<inserted_card> inserted;
};

TEST_F(whole_way, goes_from_the_card_to_the_shop_and_each_point_tells_who_owes_it) {
    const auto before = accounts();

    const auto listed = pkcs11_tool({"--list-objects"});
    ASSERT_EQ(listed.status, 0) << listed.output;
    EXPECT_NE(listed.output.find("User Authentication Certificate\n"), std::string::npos) << listed.output;

    const auto session = log_in_at_the_reader();
    EXPECT_TRUE(session.at("enrolled").as_bool());
    const auto drawn = text_at(session, "mykey_id");
    EXPECT_EQ(drawn.size(), 8U);
    const auto mykey_path = "/v1/wallets/" + me.wallet + "/mykey_id";
    EXPECT_EQ(text_at(as(me).made(mykey_path, {{"wish", "ISHINO26"}}), "result"), "changed");
    const auto mykey_id = text_at(as(me).read(mykey_path), "mykey_id");
    EXPECT_EQ(mykey_id, "ISHINO26");

    convert_miles(10'000); // two of them are a point
    be_granted_by_file(mykey_id, 1'000);
    buy_at_a_counter(3'000);
    kill_and_log_in();
    EXPECT_EQ(
        lots(),
        (owed{{"partner:" + partner, 5'000}, {"budget:042021:health", 1'000}, {"purchase:042021:counter", 3'000}}));

    const auto at_till = signed_payment(5'500);
    const auto by_card = till->made("/v1/authorizations", at_till, "by-card");
    EXPECT_EQ(text_at(by_card, "status"), "captured") << json::serialize(by_card);
    EXPECT_EQ(by_card.at("balance").as_int64(), 3'500);
    const auto by_code = pay_by_code(700);
    EXPECT_EQ(text_at(by_code, "status"), "captured") << json::serialize(by_code);
    EXPECT_EQ(by_code.at("balance").as_int64(), 2'800);
    kill_and_log_in();
    EXPECT_EQ(till->made("/v1/authorizations", at_till, "by-card"), by_card) << "asked again";
    EXPECT_EQ(lots(), (owed{{"purchase:042021:counter", 2'800}}));
    EXPECT_EQ(since(before), (standing{{"funding:partner", 5'000},
                                       {"funding:budget", 1'000},
                                       {"funding:purchase", 3'000},
                                       {"wallets:available", -2'800},
                                       {"merchants:payable", -6'200},
                                       {"money:received", 3'000},
                                       {"money:for_points", -3'000}}));
    EXPECT_EQ(merchant_balance().at("payable").as_int64(), 6'200);
}

} // namespace
} // namespace meguri::test
