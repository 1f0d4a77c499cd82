// Campaigns over real sockets against the real program: two persons, one budget, one grant an occasion, whatever comes
// at once and whatever is killed.
#include "tests/acceptance/payments_scene.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

class campaigns : public payments_scene {
protected:
    static json::value walking(std::int64_t budget) {
        return {{"name", "歩いて健康"},
                {"budget", budget},
                {"source", "budget:042021:health"},
                {"first_day", "2026-01-01"},
                {"last_day", "2099-12-31"},
                {"amount_rule", "fixed"},
                {"amount", 100}};
    }
    api_client staff_of(const std::string& municipality) {
        const auto added = as_operator->made("/v1/municipalities/" + municipality + "/staff", {{"name", "係"}});
        return {process->port(), text_at(added, "key")};
    }
    std::string approved(std::int64_t budget) {
        const auto made = staff_of("042021").made("/v1/programs/042021/campaigns", walking(budget));
        const auto path = "/v1/campaigns/" + text_at(made, "id");
        as_operator->made(path + "/approvals", json::object{});
        return path;
    }
    // 64 at once, each on a connection of its own; how often each status and code came.
    std::map<std::string, int> at_once(const std::string& campaign, const std::vector<std::string>& wallets,
                                       const std::string& occasion) {
        std::map<std::string, int> seen;
        std::mutex mutex;
        std::vector<std::thread> all;
        for (std::size_t i = 0; i < 64; ++i)
            all.emplace_back([&, i] {
                api_client mine{process->port(), operator_key};
                const auto reply =
                    mine.post(campaign + "/grants", {{"wallet", wallets[i % wallets.size()]}, {"occasion", occasion}},
                              occasion + std::to_string(i));
                const std::lock_guard lock{mutex};
                ++seen[reply.status == 201 ? "granted" : code_of(reply)];
            });
        for (auto& one : all) one.join();
        return seen;
    }
    std::vector<std::string> new_wallets(std::size_t count) {
        std::vector<std::string> made(count);
        for (auto& one : made) one = text_at(as_operator->made("/v1/wallets", json::object{}), "id");
        return made;
    }
    std::int64_t number_at(const std::string& campaign, const char* name) {
        return as_operator->read(campaign).at(name).as_int64();
    }
};

TEST_F(campaigns, grant_what_their_budget_has_and_no_more_however_many_ask_at_once) {
    const auto campaign = approved(1000);
    const auto wallets = new_wallets(64);
    using counts = std::map<std::string, int>;
    EXPECT_EQ(at_once(campaign, wallets, "walk"), (counts{{"granted", 10}, {"budget_exceeded", 54}}));
    EXPECT_EQ(number_at(campaign, "granted"), 1000);
    EXPECT_EQ(number_at(campaign, "remaining"), 0);
    EXPECT_EQ(number_at(campaign, "grants"), 10);
    std::int64_t sum = 0;
    for (const auto& one : wallets) sum += available(one);
    EXPECT_EQ(sum, 1000);
    EXPECT_TRUE(as_operator->read("/v1/ledger/trial_balance").at("balanced").as_bool());
}

TEST_F(campaigns, grant_once_an_occasion_for_ever) {
    const auto campaign = approved(1000);
    const auto wallets = new_wallets(1);
    using counts = std::map<std::string, int>;
    EXPECT_EQ(at_once(campaign, wallets, "same"), (counts{{"granted", 1}, {"already_granted", 63}}));
    kill_and_restart();
    EXPECT_EQ(at_once(campaign, wallets, "same2"), (counts{{"granted", 1}, {"already_granted", 63}}));
    restart(); // the first from the state store by now
    const json::value again{{"wallet", wallets[0]}, {"occasion", "same"}};
    EXPECT_EQ(code_of(as_operator->post(campaign + "/grants", again, "another")), "already_granted");
    EXPECT_EQ(available(wallets[0]), 200);
    EXPECT_EQ(number_at(campaign, "granted"), 200);
}

TEST_F(campaigns, repeat_an_answer_under_its_key_and_free_what_was_refused) {
    const auto campaign = approved(100);
    const json::value nobody{{"wallet", "wal_00000000000000000000000000"}, {"occasion", "walk"}};
    EXPECT_EQ(code_of(as_operator->post(campaign + "/grants", nobody, "k")), "wallet_unknown");
    const json::value asked{{"wallet", town.wallets[0].id}, {"occasion", "walk"}};
    const auto granted = as_operator->post(campaign + "/grants", asked, "k");
    EXPECT_EQ(granted.status, 201) << granted.body;
    kill_and_restart();
    const auto repeated = as_operator->post(campaign + "/grants", asked, "k");
    EXPECT_EQ(repeated.body, granted.body);
    EXPECT_EQ(repeated.field("idempotent-replayed"), "true");
    EXPECT_EQ(number_at(campaign, "granted"), 100);
}

TEST_F(campaigns, take_two_persons_for_their_budget_and_for_more_of_it) {
    auto maker = staff_of("042021");
    const auto made = maker.made("/v1/programs/042021/campaigns", walking(100));
    const auto path = "/v1/campaigns/" + text_at(made, "id");
    EXPECT_EQ(code_of(maker.post(path + "/approvals", json::object{})), "second_person_required");
    as_operator->made(path + "/approvals", json::object{});
    EXPECT_EQ(code_of(as_operator->post(path + "/approvals", json::object{})), "invalid_state");
    maker.made(path + "/increases", {{"amount", 50}, {"reason", "参加者増"}});
    EXPECT_EQ(number_at(path, "budget"), 100);
    EXPECT_EQ(code_of(maker.post(path + "/increases/1/approvals", json::object{})), "second_person_required");
    as_operator->made(path + "/increases/1/approvals", json::object{});
    EXPECT_EQ(number_at(path, "budget"), 150);
    maker.made(path + "/closing", {{"reason", "目標達成"}});
    restart();
    EXPECT_EQ(text_at(as_operator->read(path), "status"), "closed");
    EXPECT_EQ(number_at(path, "budget"), 150);
}

TEST_F(campaigns, are_their_municipality_s_alone) {
    const auto path = approved(1000);
    auto other = staff_of("432148");
    EXPECT_EQ(other.get(path).status, 404);
    EXPECT_EQ(other.get("/v1/programs/042021/campaigns").status, 403);
    EXPECT_EQ(other.post("/v1/programs/042021/campaigns", walking(100)).status, 403);
    for (const char* const act : {"/approvals", "/rejections", "/closing", "/increases", "/increases/1/approvals"})
        EXPECT_EQ(other.post(path + act, {{"reason", "r"}}).status, 404) << act;
    const json::value asked{{"wallet", town.wallets[0].id}, {"occasion", "walk"}};
    EXPECT_EQ(other.post(path + "/grants", asked, "k").status, 404);
    EXPECT_EQ(till->get(path).status, 403);
    const auto listed = staff_of("042021").read("/v1/programs/042021/campaigns?limit=1");
    EXPECT_EQ("/v1/campaigns/" + text_at(listed.at("data").as_array().at(0), "id"), path);
    EXPECT_TRUE(listed.at("next").is_null());
}

TEST_F(campaigns, of_staff_spend_their_own_municipality_s_budget_alone) {
    auto staff = staff_of("042021");
    for (const char* const source : {"budget:432148:health", "budget:042021", "national:2026", "budget:0420210:x"}) {
        auto body = walking(1000);
        body.as_object()["source"] = source;
        const auto reply = staff.post("/v1/programs/042021/campaigns", body);
        EXPECT_EQ(reply.status, 400) << source;
        EXPECT_EQ(text_at(json::parse(reply.body), "pointer"), "/source");
        EXPECT_EQ(as_operator->post("/v1/programs/042021/campaigns", body).status, 201) << source;
    }
    EXPECT_EQ(staff.post("/v1/programs/042021/campaigns", walking(1000)).status, 201);
}

TEST_F(campaigns, name_the_member_that_is_wrong) {
    struct row {
        const char* member;
        json::value value;
        const char* pointer;
    };
    const row rows[] = {
        {"budget", 0, "/budget"},
        {"budget", "1", "/budget"},
        {"first_day", "2026-02-30", "/first_day"},
        {"last_day", "2025-12-31", "/last_day"},
        {"amount_rule", "some", "/amount_rule"},
        {"amount", 1001, "/amount"},
        {"source", "tax", "/source"},
        {"expires_on", "2099-12-30", "/expires_on"},
        {"tip", 1, "/tip"},
    };
    for (const auto& one : rows) {
        auto body = walking(1000);
        body.as_object()[one.member] = one.value;
        const auto reply = as_operator->post("/v1/programs/042021/campaigns", body);
        EXPECT_EQ(reply.status, 400) << reply.body;
        EXPECT_EQ(text_at(json::parse(reply.body), "pointer"), one.pointer);
    }
}

} // namespace
} // namespace meguri::test
