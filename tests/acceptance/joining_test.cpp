// Municipalities and merchants that join by application, and accounts that change, over real sockets against the real
// program.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/acceptance/small_bank_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

struct with_banks {
    small_bank_table banks;
};

class joining : with_banks, public payments_scene {
protected:
    joining() : payments_scene{banks.settings()} {
        checker.emplace(process->port(), key_of("/v1/operators", "確認者"));
    }

    std::string key_of(const std::string& path, const char* name) {
        return text_at(as_operator->made(path, {{"name", name}}), "key");
    }
    api_client staff_of(const std::string& municipality) {
        return {process->port(), key_of("/v1/municipalities/" + municipality + "/staff", "係")};
    }
    void restart_with_checker() {
        const auto key = key_of("/v1/operators", "確認者");
        kill_and_restart();
        checker.emplace(process->port(), key);
    }
    static json::value account(const std::string& number = "1234567", const std::string& bank = "0125",
                               const std::string& branch = "404") {
        return {
            {"bank", bank}, {"branch", branch}, {"type", "ordinary"}, {"number", number}, {"holder", "ｶ)ｲｼﾉﾏｷｾﾝｷﾞﾖ"}};
    }
    static json::object merchant(const char* name = "石巻鮮魚") {
        return {{"name", name},
                {"programs", {"042021"}},
                {"categories", {"food", "gifts"}},
                {"account", account()},
                {"contact", {{"name", "阿部"}, {"email", "abe@example.jp"}}}};
    }
    static json::object municipality() {
        return {{"code", "432148"},
                {"name", "阿蘇市"},
                {"program", {{"name", "阿蘇市ポイント"}, {"expiry_days", 90}}},
                {"account", account("7654321", "0182", "222")},
                {"contact", {{"name", "観光課"}, {"phone", "0967-00-0000"}}}};
    }
    std::string applied(const char* of, const json::value& body) {
        return "/v1/applications/" + text_at(as_operator->made(std::string{"/v1/applications/"} + of, body), "id");
    }
    // The path of the merchant that joined.
    std::string joined_merchant() {
        const auto path = applied("merchants", merchant());
        return "/v1/merchants/" + text_at(checker->made(path + "/approvals", json::object{}), "merchant");
    }
    http_reply apply_wrongly(const char* of, json::object body, std::string_view member, const json::value& value) {
        body[member] = value;
        return as_operator->post(std::string{"/v1/applications/"} + of, body);
    }
    static std::string pointer_of(const http_reply& reply) {
        const auto problem = json::parse(reply.body);
        const auto* const pointer = problem.as_object().if_contains("pointer");
        return code_of(reply) + ' ' + (pointer != nullptr ? std::string{pointer->as_string()} : std::string{});
    }

    std::optional<api_client> checker;
};

TEST_F(joining, a_merchant_is_there_with_its_approval_and_takes_payments) {
    const auto path = applied("merchants", merchant());
    EXPECT_EQ(text_at(as_operator->read(path), "status"), "submitted");
    EXPECT_EQ(code_of(as_operator->post(path + "/approvals", json::object{})), "second_person_required");
    const auto approved = checker->made(path + "/approvals", {{"reason", "確認済"}}, "approve");
    EXPECT_EQ(text_at(approved, "status"), "approved");
    const auto shop = "/v1/merchants/" + text_at(approved, "merchant");
    const auto terminal = as_operator->made(shop + "/terminals", {{"name", "レジ1"}});
    api_client new_till{process->port(), text_at(terminal, "key")};
    EXPECT_EQ(text_at(new_till.made("/v1/authorizations", payment(town.wallets[0], 300), "k"), "status"), "captured");
    EXPECT_EQ(as_operator->read(shop + "/accounts").at("in_force").at("number"), "1234567");
    EXPECT_EQ(code_of(checker->post(path + "/approvals", json::object{})), "invalid_state");
    kill_and_restart();
    EXPECT_EQ(as_operator->read(path), approved);
    EXPECT_EQ(as_operator->read(shop + "/accounts").at("in_force").at("number"), "1234567");
    restart(); // from the state store by now
    EXPECT_EQ(as_operator->read(path), approved);
    EXPECT_EQ(as_operator->read(shop + "/balances").at("data").as_array().at(0).at("captured").as_int64(), 300);
    api_client same_till{process->port(), text_at(terminal, "key")};
    EXPECT_EQ(text_at(same_till.made("/v1/authorizations", payment(town.wallets[0], 300), "l"), "status"), "captured");
    EXPECT_EQ(code_of(as_operator->post("/v1/applications/merchants", merchant())), "application_exists");
    EXPECT_EQ(as_operator->post("/v1/applications/merchants", merchant("二号店")).status, 201);
}

TEST_F(joining, a_municipality_opens_its_program_with_its_approval) {
    const auto path = applied("municipalities", municipality());
    EXPECT_EQ(code_of(as_operator->post("/v1/applications/municipalities", municipality())), "application_exists");
    const auto approved = checker->made(path + "/approvals", json::object{});
    EXPECT_EQ(text_at(approved, "status"), "approved");
    const json::value grant{
        {"wallet", town.wallets[0].id}, {"program", "432148"}, {"amount", 100}, {"source", "budget:432148:health"}};
    as_operator->made("/v1/grants", grant, "g");
    auto aso = staff_of("432148");
    EXPECT_EQ(aso.read("/v1/municipalities/432148/accounts").at("in_force").at("number"), "7654321");
    EXPECT_EQ(code_of(aso.get("/v1/municipalities/042021/accounts")), "forbidden");
    EXPECT_EQ(code_of(as_operator->post("/v1/applications/municipalities", municipality())), "application_exists");
    auto ishinomaki = municipality();
    ishinomaki["code"] = "042021";
    EXPECT_EQ(pointer_of(as_operator->post("/v1/applications/municipalities", ishinomaki)), "program_exists /code");
}

TEST_F(joining, what_was_refused_may_be_applied_for_again) {
    const auto path = applied("merchants", merchant());
    EXPECT_EQ(pointer_of(checker->post(path + "/refusals", json::object{})), "malformed_request /reason");
    const auto refused = checker->made(path + "/refusals", {{"reason", "口座名義が異なる"}});
    EXPECT_EQ(text_at(refused, "status"), "refused");
    EXPECT_TRUE(refused.at("merchant").is_null());
    EXPECT_EQ(code_of(checker->post(path + "/approvals", json::object{})), "invalid_state");
    const auto again = applied("merchants", merchant());
    EXPECT_NE(again, path);
    EXPECT_EQ(text_at(checker->made(again + "/approvals", json::object{}), "status"), "approved");
}

TEST_F(joining, two_who_decide_at_once_decide_once) {
    const auto path = applied("merchants", merchant());
    std::vector<std::string> keys;
    for (int i = 0; i < 8; ++i) keys.push_back(key_of("/v1/operators", "確認者"));
    std::map<std::string, int> seen;
    std::mutex mutex;
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < keys.size(); ++i)
        all.emplace_back([&, i] {
            api_client mine{process->port(), keys[i]};
            const auto reply = mine.post(path + (i % 2 == 0 ? "/approvals" : "/refusals"), {{"reason", "r"}});
            const std::lock_guard lock{mutex};
            ++seen[reply.status == 201 ? "decided" : code_of(reply)];
        });
    for (auto& one : all) one.join();
    EXPECT_EQ(seen, (std::map<std::string, int>{{"decided", 1}, {"invalid_state", 7}}));
}

TEST_F(joining, every_field_is_checked) {
    const auto with = [](json::value whole, const char* member, const json::value& value) {
        whole.as_object()[member] = value;
        return whole;
    };
    struct row {
        const char* member;
        json::value value;
        const char* problem;
    };
    for (const auto& one : {
             row{"account", account("123456"), "invalid_value /account/number"},
             row{"account", account("1234567", "9998"), "bank_unknown /account/bank"},
             row{"account", account("1234567", "0125", "001"), "branch_unknown /account/branch"},
             row{"account", account("1234567", "125"), "invalid_value /account/bank"},
             row{"account", with(account(), "type", "fixed"), "invalid_value /account/type"},
             row{"account", with(account(), "holder", "ｲｼﾉﾏｷ ﾏｰｹｯﾄ"), "invalid_value /account/holder"},
             row{"account", with(account(), "holder", "石巻鮮魚"), "invalid_value /account/holder"},
             row{"account", with(account(), "more", 1), "malformed_request /account/more"},
             row{"contact", {{"name", "阿部"}}, "invalid_value /contact/email"},
             row{"contact", {{"name", "阿部"}, {"email", "abe"}}, "invalid_value /contact/email"},
             row{"contact", {{"name", "阿部"}, {"phone", "電話番号"}}, "invalid_value /contact/phone"},
             row{"categories", json::array{}, "invalid_value /categories"},
             row{"categories", {"Food"}, "invalid_value /categories"},
             row{"categories", {"food", "food"}, "invalid_value /categories"},
             row{"programs", {"432148"}, "program_unknown /programs"},
             row{"name", "", "invalid_value /name"},
         })
        EXPECT_EQ(pointer_of(apply_wrongly("merchants", merchant(), one.member, one.value)), one.problem);
    EXPECT_EQ(pointer_of(apply_wrongly("municipalities", municipality(), "code", "432147")),
              "invalid_local_gov_code /code");
    EXPECT_EQ(pointer_of(apply_wrongly("municipalities", municipality(), "program", json::object{{"name", "p"}})),
              "malformed_request /program/expiry_days");
    EXPECT_TRUE(as_operator->read("/v1/applications").at("data").as_array().empty());
}

TEST_F(joining, an_answer_is_repeated_whatever_has_become_of_the_table_of_banks) {
    const auto first = as_operator->post("/v1/applications/merchants", merchant(), "apply");
    ASSERT_EQ(first.status, 201) << first.body;
    std::ofstream{folder / "meguri.toml"} << "";
    restart();
    EXPECT_EQ(as_operator->post("/v1/applications/merchants", merchant(), "apply").body, first.body);
    EXPECT_EQ(code_of(as_operator->post("/v1/applications/merchants", merchant("二号店"))), "bank_table_missing");
}

TEST_F(joining, applications_are_listed_as_they_stand) {
    const auto first = applied("merchants", merchant());
    const auto second = applied("merchants", merchant("二号店"));
    const auto third = applied("municipalities", municipality());
    checker->made(second + "/approvals", json::object{});
    const auto count = [this](const std::string& query) {
        std::size_t found = 0;
        std::string after;
        for (int pages = 0; pages < 50; ++pages) {
            const auto page = as_operator->read("/v1/applications?" + query + after);
            found += page.at("data").as_array().size();
            if (page.at("next").is_null()) return found;
            after = "&after=" + text_at(page, "next");
        }
        return std::size_t{999};
    };
    EXPECT_EQ(count("limit=100"), 3U);
    EXPECT_EQ(count("limit=1"), 3U);
    EXPECT_EQ(count("status=submitted"), 2U);
    EXPECT_EQ(count("status=approved"), 1U);
    EXPECT_EQ(count("kind=municipality"), 1U);
    EXPECT_EQ(count("kind=municipality&status=refused"), 0U);
    auto ishinomaki = staff_of("042021");
    EXPECT_EQ(ishinomaki.read("/v1/applications?limit=100").at("data").as_array().size(), 2U);
    EXPECT_EQ(code_of(ishinomaki.get(third)), "not_found");
    EXPECT_EQ(code_of(ishinomaki.post("/v1/applications/municipalities", municipality())), "forbidden");
    EXPECT_EQ(text_at(ishinomaki.made(first + "/approvals", json::object{}), "status"), "approved");
    as_operator->made("/v1/programs", {{"code", "040002"}, {"name", "宮城"}, {"expiry_days", 90}});
    auto others = merchant("共通店");
    others["programs"] = {"042021", "040002"};
    EXPECT_EQ(code_of(ishinomaki.post("/v1/applications/merchants", others)), "forbidden");
}

TEST_F(joining, an_account_is_changed_by_two_persons_and_from_its_day_on) {
    const auto shop = joined_merchant();
    const auto today = text_at(as_operator->read(shop + "/accounts").at("data").as_array().at(0), "effective_from");
    const json::value wanted{
        {"account", account("0000777", "1172", "001")}, {"effective_from", "2099-12-01"}, {"reason", "取引銀行の変更"}};
    const auto proposed = as_operator->made(shop + "/account_changes", wanted);
    const auto path = "/v1/account_changes/" + text_at(proposed, "id");
    EXPECT_EQ(code_of(as_operator->post(shop + "/account_changes", wanted)), "invalid_state") << "one waits";
    EXPECT_EQ(code_of(as_operator->post(path + "/approvals", json::object{})), "second_person_required");
    kill_and_restart();
    EXPECT_EQ(text_at(as_operator->read(shop + "/accounts").at("data").as_array().at(0), "status"), "proposed");
    restart();
    checker.emplace(process->port(), key_of("/v1/operators", "確認者"));
    const auto approved = checker->made(path + "/approvals", json::object{});
    EXPECT_EQ(text_at(approved, "effective_from"), "2099-12-01");
    auto seen = as_operator->read(shop + "/accounts");
    EXPECT_EQ(seen.at("in_force").at("number"), "1234567") << "until then";
    EXPECT_EQ(seen.at("data").as_array().size(), 3U);
    EXPECT_EQ(code_of(checker->post(path + "/refusals", {{"reason", "r"}})), "invalid_state");

    const auto at_once =
        as_operator->made(shop + "/account_changes",
                          {{"account", account("0000888")}, {"effective_from", today}, {"reason", "口座番号の訂正"}});
    checker->made("/v1/account_changes/" + text_at(at_once, "id") + "/approvals", json::object{});
    seen = as_operator->read(shop + "/accounts");
    EXPECT_EQ(seen.at("in_force").at("number"), "0000888");
    EXPECT_EQ(seen.at("data").as_array().size(), 5U) << "nothing is forgotten";
    const auto refused = as_operator->made(
        shop + "/account_changes", {{"account", account("0000999")}, {"effective_from", today}, {"reason", "r"}});
    checker->made("/v1/account_changes/" + text_at(refused, "id") + "/refusals", {{"reason", "通帳が不鮮明"}});
    EXPECT_EQ(as_operator->read(shop + "/accounts").at("in_force").at("number"), "0000888");
    EXPECT_EQ(pointer_of(as_operator->post(
                  shop + "/account_changes",
                  {{"account", account("0000999")}, {"effective_from", "2020-01-01"}, {"reason", "r"}})),
              "effective_in_the_past /effective_from");
}

TEST_F(joining, accounts_of_who_was_added_directly_are_said_by_a_change_too) {
    const auto shop = "/v1/merchants/" + town.merchant;
    EXPECT_TRUE(as_operator->read(shop + "/accounts").at("in_force").is_null());
    const json::value wanted{{"account", account()}, {"effective_from", "2099-12-01"}, {"reason", "初回登録"}};
    for (const auto& of : {shop, std::string{"/v1/municipalities/042021"}}) {
        const auto proposed = as_operator->made(of + "/account_changes", wanted);
        checker->made("/v1/account_changes/" + text_at(proposed, "id") + "/approvals", json::object{});
        EXPECT_TRUE(as_operator->read(of + "/accounts").at("in_force").is_null());
    }
    EXPECT_EQ(code_of(as_operator->post("/v1/municipalities/432148/account_changes", wanted)), "not_found");
    turn_clock(80L * 366 * 86'400);
    restart();
    EXPECT_EQ(as_operator->read(shop + "/accounts").at("in_force").at("number"), "1234567");
}

} // namespace
} // namespace meguri::test
