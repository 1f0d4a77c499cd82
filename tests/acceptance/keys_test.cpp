// Keys over real sockets against the real program: rotated under load, revoked while they are in use, shown again,
// restricted; and who did it.
#include "tests/acceptance/payments_scene.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

class keys : public payments_scene {
protected:
    [[nodiscard]] std::string of_till(const std::string& rest = "") const {
        return "/v1/terminals/" + town.terminal + "/keys" + rest;
    }
    [[nodiscard]] api_client client(const std::string& key) const { return {process->port(), key}; }
    [[nodiscard]] api_client client(const json::value& issued) const { return client(text_at(issued, "key")); }
    [[nodiscard]] json::value one_point() const { return payment(town.wallets[0], 1); }

    std::vector<std::string> states() {
        std::vector<std::string> all;
        const auto listed = as_operator->read(of_till());
        for (const auto& one : listed.at("data").as_array()) all.push_back(text_at(one, "state"));
        return all;
    }
    // Until the key opens nothing any more; how many payments were made with it. Any other answer fails the test.
    int pay_until_refused(const std::string& key, const std::string& name) {
        auto mine = client(key);
        const auto too_late = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        for (int paid = 0; std::chrono::steady_clock::now() < too_late; ++paid) {
            const auto reply = mine.post("/v1/authorizations", one_point(), name + std::to_string(paid));
            if (reply.status == 401) return paid;
            EXPECT_EQ(reply.status, 201) << reply.body;
            if (reply.status != 201) return -1;
        }
        ADD_FAILURE() << "the key still opens";
        return -1;
    }
};

using strings = std::vector<std::string>;

TEST_F(keys, are_rotated_with_an_overlap_and_no_payment_fails) {
    as_operator->made("/v1/grants",
                      {{"wallet", town.wallets[0].id},
                       {"program", "042021"},
                       {"amount", 1'000'000},
                       {"source", "budget:042021:health"}},
                      "enough");
    std::array<std::thread, 3> old_tills;
    std::atomic<int> paid_with_old_keys{0};
    for (std::size_t i = 0; i < old_tills.size(); ++i)
        old_tills[i] = std::thread{[this, i, &paid_with_old_keys] {
            paid_with_old_keys += pay_until_refused(town.till_key, "old" + std::to_string(i) + '-');
        }};
    const auto began = std::chrono::steady_clock::now();
    const auto issued = as_operator->made(of_till(), {{"overlap_seconds", 2}});
    EXPECT_EQ(states(), (strings{"ending", "active"}));
    auto new_till = client(issued);
    int paid_with_new_key = 0;
    while (paid_with_new_key < 50)
        EXPECT_EQ(new_till.post("/v1/authorizations", one_point(), "new" + std::to_string(paid_with_new_key++)).status,
                  201);
    for (auto& one : old_tills) one.join();
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{1'900});
    EXPECT_GT(paid_with_old_keys, 3);
    EXPECT_EQ(till->post("/v1/authorizations", one_point(), "late").status, 401);
    EXPECT_EQ(states(), (strings{"ended", "active"}));
    EXPECT_EQ(available(town.wallets[0].id), 1'005'000 - paid_with_old_keys - paid_with_new_key);
    const auto again = new_till.post("/v1/authorizations", one_point(), "old0-0");
    EXPECT_EQ(again.field("idempotent-replayed"), "true") << "idempotency keys are the terminal's, not its key's";
    restart();
    EXPECT_EQ(till->post("/v1/authorizations", one_point(), "late").status, 401);
    EXPECT_EQ(client(issued).post("/v1/authorizations", one_point(), "after").status, 201);
}

TEST_F(keys, are_revoked_at_once_where_they_are_in_use) {
    const auto issued = as_operator->made(of_till(), json::object{});
    auto second = client(issued);
    EXPECT_EQ(till->post("/v1/authorizations", one_point(), "a").status, 201);
    EXPECT_EQ(second.post("/v1/authorizations", one_point(), "b").status, 201);
    as_operator->made(of_till("/1/revoke"), {{"reason", "紛失"}});
    const auto refused = till->post("/v1/authorizations", one_point(), "c");
    EXPECT_EQ(refused.status, 401) << "on the connection on which it opened just now";
    EXPECT_EQ(till->get("/v1/authorizations?reference=none").status, 401);
    EXPECT_EQ(client(town.till_key).post("/v1/authorizations", one_point(), "c").status, 401);
    EXPECT_EQ(second.post("/v1/authorizations", one_point(), "d").status, 201);
    EXPECT_EQ(states(), (strings{"revoked", "active"}));
    EXPECT_EQ(code_of(as_operator->post(of_till("/1/revoke"), json::object{})), "invalid_state");
    EXPECT_EQ(code_of(as_operator->post(of_till("/3/revoke"), json::object{})), "not_found");
    const auto expect_so_still = [&] {
        EXPECT_EQ(client(town.till_key).post("/v1/authorizations", one_point(), "c").status, 401);
        EXPECT_EQ(client(issued).post("/v1/authorizations", one_point(), "d").status, 201);
        EXPECT_EQ(states(), (strings{"revoked", "active"}));
    };
    kill_and_restart();
    expect_so_still(); // out of the journal
    restart();
    expect_so_still(); // out of the state store
}

TEST_F(keys, revoked_under_load_open_nothing_after_the_answer) {
    const auto issued = as_operator->made(of_till(), json::object{});
    std::array<std::thread, 4> tills;
    std::atomic<bool> revoked{false};
    std::atomic<int> paid{0};
    for (std::size_t i = 0; i < tills.size(); ++i)
        tills[i] = std::thread{[&, i] {
            auto mine = client(issued);
            for (int n = 0;; ++n) {
                const bool was_revoked = revoked.load();
                const auto status =
                    mine.post("/v1/authorizations", one_point(), std::to_string(i) + '-' + std::to_string(n)).status;
                if (status == 401) break;
                ++paid;
                EXPECT_FALSE(was_revoked) << "the revocation was answered before this payment was asked for";
                if (was_revoked) break;
            }
        }};
    while (paid < 100) std::this_thread::yield();
    as_operator->made(of_till("/2/revoke"), json::object{});
    revoked = true;
    for (auto& one : tills) one.join();
}

TEST_F(keys, are_shown_again_to_a_repetition) {
    const json::value asked{{"scopes", {"payments"}}, {"overlap_seconds", 86'400}};
    const auto first = as_operator->post(of_till(), asked, "issue");
    EXPECT_EQ(first.status, 201) << first.body;
    const auto expect_same = [&] {
        const auto again = as_operator->post(of_till(), asked, "issue");
        EXPECT_EQ(again.field("idempotent-replayed"), "true");
        EXPECT_EQ(again.body, first.body);
        EXPECT_EQ(states(), (strings{"ending", "active"}));
        EXPECT_EQ(client(json::parse(first.body)).post("/v1/authorizations", one_point(), "x").status, 201);
    };
    expect_same();
    kill_and_restart();
    expect_same();
    restart();
    expect_same();
    EXPECT_EQ(code_of(as_operator->post(of_till(), json::object{}, "issue")), "idempotency_key_reused");
}

TEST_F(keys, open_what_their_scopes_name) {
    auto reads = client(as_operator->made(of_till(), {{"scopes", {"payments:read"}}}));
    auto pays = client(as_operator->made(of_till(), {{"scopes", {"payments"}}}));
    const auto expect_missing = [](api_client& by, const std::string& path, const json::value& body,
                                   const std::string& scope) {
        const auto reply = body.is_null() ? by.get(path) : by.post(path, body, "scoped");
        EXPECT_EQ(code_of(reply), "scope_missing") << reply.body;
        EXPECT_EQ(text_at(json::parse(reply.body), "detail"), "The key lacks the scope " + scope + '.');
    };
    const auto paid = client(town.till_key).made("/v1/authorizations", one_point(), "p");
    const std::string path = "/v1/authorizations/" + text_at(paid, "id");
    EXPECT_EQ(reads.get(path).status, 200);
    expect_missing(reads, "/v1/authorizations", one_point(), "payments");
    expect_missing(pays, path, {}, "payments:read");
    expect_missing(pays, path + "/refunds", json::object{}, "refunds");
    const auto first = as_operator->read("/v1/audit?limit=100").at("data").as_array().back().at("what");
    const std::string operators = "/v1/operators/" + text_at(first, "id") + "/keys";
    auto helper = client(as_operator->made(operators, {{"scopes", {"keys", "merchants", "audit"}}}));
    EXPECT_EQ(code_of(helper.post(operators, json::object{})), "scope_missing");
    EXPECT_EQ(code_of(helper.post("/v1/merchants/" + town.merchant + "/terminals", {{"name", "裏口"}})),
              "scope_missing");
    EXPECT_EQ(code_of(helper.post("/v1/operators", {{"name", "裏口"}})), "scope_missing");
    EXPECT_EQ(helper.post(operators, {{"scopes", {"audit"}}}).status, 201);
    EXPECT_EQ(code_of(helper.post("/v1/wallets", json::object{})), "scope_missing");
}

TEST_F(keys, of_staff_and_their_merchants_tills_are_their_municipalitys_business) {
    const auto added = as_operator->made("/v1/municipalities/042021/staff", {{"name", "係"}});
    auto staff = client(added);
    as_operator->made("/v1/programs", {{"code", "432148"}, {"name", "阿蘇"}, {"expiry_days", 90}});
    auto elsewhere = client(as_operator->made("/v1/municipalities/432148/staff", {{"name", "係"}}));
    const std::string own = "/v1/staff/" + text_at(added, "id") + "/keys";
    auto successor = client(staff.made(own, {{"overlap_seconds", 0}}));
    EXPECT_EQ(staff.get(own).status, 401) << "no overlap at all";
    EXPECT_EQ(successor.read(own).at("data").as_array().size(), 2U);
    EXPECT_EQ(successor.post(of_till(), json::object{}).status, 201);
    EXPECT_EQ(code_of(elsewhere.post(own, json::object{})), "not_found");
    EXPECT_EQ(code_of(elsewhere.get(own)), "not_found");
    EXPECT_EQ(code_of(elsewhere.post(of_till(), json::object{})), "not_found");
    EXPECT_EQ(code_of(elsewhere.get(of_till())), "not_found");
    EXPECT_EQ(code_of(successor.get("/v1/audit")), "forbidden");
}

TEST_F(keys, and_all_other_administrative_acts_stand_in_the_audit_log) {
    const auto reply = as_operator->post(of_till(), {{"scopes", {"refunds"}}});
    const auto key = text_at(json::parse(reply.body), "key");
    as_operator->made("/v1/wallets/" + town.wallets[0].id + "/freeze", {{"reason", "紛失"}});
    const auto expect_told = [&](std::size_t page_size) {
        strings types;
        std::string after;
        for (;;) {
            const auto page = as_operator->read("/v1/audit?limit=" + std::to_string(page_size) + after);
            EXPECT_EQ(json::serialize(page).find(key), std::string::npos);
            for (const auto& one : page.at("data").as_array()) types.push_back(text_at(one, "type"));
            if (page.at("next").is_null()) break;
            after = "&after=" + text_at(page, "next");
        }
        EXPECT_EQ(types, (strings{"freeze", "key_issued", "terminal_added", "merchant_joined", "program_opened",
                                  "operator_added"}))
            << "grants, wallets and codes are told elsewhere";
    };
    expect_told(2);
    const auto issued = as_operator->read("/v1/audit").at("data").as_array().at(1);
    EXPECT_EQ(text_at(issued, "request_id"), reply.field("request-id"));
    EXPECT_EQ(issued.at("by").at("key_number").as_int64(), 1);
    EXPECT_EQ(json::serialize(issued.at("what").at("scopes")), R"(["refunds"])");
    kill_and_restart();
    expect_told(1);
    EXPECT_EQ(as_operator->read("/v1/audit").at("data").as_array().at(1), issued) << "of an earlier process";
    restart();
    expect_told(100);
}

} // namespace
} // namespace meguri::test
