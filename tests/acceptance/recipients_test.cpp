// Files of recipients over real sockets against the real program: ten thousand rows in one go, all or nothing where a
// line is wrong, each row once whenever the process is killed, and never more than the budget.
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/seeds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

class recipients : public payments_scene {
protected:
    std::string approved(std::int64_t budget) {
        const auto made = as_operator->made("/v1/municipalities/042021/staff", {{"name", "係"}});
        api_client staff{process->port(), text_at(made, "key")};
        const auto campaign = staff.made("/v1/programs/042021/campaigns", {{"name", "歩いて健康"},
                                                                           {"budget", budget},
                                                                           {"source", "budget:042021:health"},
                                                                           {"first_day", "2026-01-01"},
                                                                           {"last_day", "2099-12-31"},
                                                                           {"amount_rule", "up_to"},
                                                                           {"amount", 100}});
        const auto path = "/v1/campaigns/" + text_at(campaign, "id");
        as_operator->made(path + "/approvals", json::object{});
        return path;
    }
    void open_wallets(std::size_t count) {
        for (auto i = wallets.size(); i < count; ++i)
            wallets.push_back(text_at(as_operator->made("/v1/wallets", json::object{}), "id"));
    }
    // So many points for each wallet on each occasion.
    [[nodiscard]] std::string file(const std::vector<std::string>& occasions, int amount,
                                   const std::string& note = {}) const {
        std::string text = "wallet,occasion,amount,note\r\n";
        for (const auto& occasion : occasions)
            for (const auto& one : wallets)
                text += one + ',' + occasion + ',' + std::to_string(amount) + ',' + note + "\r\n";
        return text;
    }
    json::value finished(const json::value& accepted) {
        const auto path = "/v1/recipients/" + text_at(accepted, "id");
        for (int i = 0; i < 3'000; ++i) {
            auto now = as_operator->read(path);
            if (text_at(now, "status") == "finished") return now;
            std::this_thread::sleep_for(10ms);
        }
        ADD_FAILURE() << path << " does not end";
        return as_operator->read(path);
    }
    std::int64_t number_at(const std::string& path, const char* name) {
        return as_operator->read(path).at(name).as_int64();
    }
    void expect_each_has(std::int64_t points) {
        std::size_t others = 0;
        for (const auto& one : wallets) others += available(one) != points;
        EXPECT_EQ(others, 0U);
    }

    std::vector<std::string> wallets;
};

TEST_F(recipients, are_ten_thousand_in_one_go_while_tills_go_on) {
    const auto campaign = approved(1'000'000);
    open_wallets(1'000);
    std::vector<std::string> occasions;
    for (int i = 0; i < 10; ++i) occasions.push_back("第" + std::to_string(i) + "回");
    std::atomic<bool> over{false};
    std::int64_t longest_ms = 0;
    std::size_t paid = 0;
    std::thread tills{[&] {
        api_client mine{process->port(), town.till_key};
        for (; !over; ++paid) {
            const auto from = std::chrono::steady_clock::now();
            mine.made("/v1/authorizations", payment(town.wallets[0], 1), "p" + std::to_string(paid));
            const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - from;
            longest_ms = std::max(longest_ms, static_cast<std::int64_t>(took.count()));
        }
    }};
    const auto reply = as_operator->post_csv(campaign + "/recipients", file(occasions, 10), "k");
    ASSERT_EQ(reply.status, 201) << reply.body;
    const auto done = finished(json::parse(reply.body));
    over = true;
    tills.join();
    RecordProperty("longest_payment_ms", static_cast<int>(longest_ms));
    EXPECT_GT(paid, 20U);
    EXPECT_LT(longest_ms, 500);
    EXPECT_EQ(done.at("rows").as_int64(), 10'000);
    EXPECT_EQ(done.at("granted").as_int64(), 10'000);
    EXPECT_EQ(done.at("granted_amount").as_int64(), 100'000);
    EXPECT_EQ(number_at(campaign, "granted"), 100'000);
    EXPECT_EQ(number_at(campaign, "reserved"), 0);
    expect_each_has(100);
    restart();
    const auto again = as_operator->post_csv(campaign + "/recipients", file(occasions, 10), "k");
    EXPECT_EQ(again.body, reply.body);
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    EXPECT_EQ(code_of(as_operator->post_csv(campaign + "/recipients", file(occasions, 10), "k2")),
              "recipients_repeated");
    const auto listed = as_operator->read(campaign + "/recipients").at("data").as_array();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed.at(0), done);
}

TEST_F(recipients, get_nothing_where_one_line_is_wrong) {
    const auto campaign = approved(1'000'000);
    open_wallets(300);
    auto text = file({"健康ウォーク"}, 10);
    text += wallets[3] + ",健康ウォーク,10,\r\n"; // the only wrong one
    const auto reply = as_operator->post_csv(campaign + "/recipients", text, "k");
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(code_of(reply), "recipients_refused");
    const auto lines = json::parse(reply.body).at("lines").as_array();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].at("line").as_int64(), 302);
    EXPECT_EQ(text_at(lines[0], "code"), "line_repeated");
    const auto as_csv = as_operator->post_csv(campaign + "/recipients?report=csv", text, "k");
    EXPECT_EQ(as_csv.status, 422);
    EXPECT_EQ(as_csv.field("content-type"), "text/csv; charset=utf-8");
    EXPECT_NE(as_csv.body.find("\r\n302,occasion,line_repeated,"), std::string::npos) << as_csv.body;
    EXPECT_EQ(number_at(campaign, "granted"), 0);
    EXPECT_EQ(number_at(campaign, "reserved"), 0);
    expect_each_has(0);
    const auto right = as_operator->post_csv(campaign + "/recipients", file({"健康ウォーク"}, 10), "k");
    ASSERT_EQ(right.status, 201) << "the key is free again";
    finished(json::parse(right.body));
    expect_each_has(10);
}

TEST_F(recipients, of_many_files_at_once_get_no_more_than_the_budget) {
    const auto campaign = approved(4'500);
    open_wallets(100);
    std::map<std::string, int> seen;
    std::mutex mutex;
    std::vector<std::thread> all;
    std::vector<json::value> accepted;
    for (int i = 0; i < 12; ++i)
        all.emplace_back([&, i] {
            api_client mine{process->port(), operator_key};
            const auto reply =
                mine.post_csv(campaign + "/recipients", file({"回" + std::to_string(i)}, 10), "k" + std::to_string(i));
            const std::lock_guard lock{mutex};
            ++seen[reply.status == 201 ? "accepted" : code_of(reply)];
            if (reply.status == 201) accepted.push_back(json::parse(reply.body));
        });
    for (auto& one : all) one.join();
    EXPECT_EQ(seen, (std::map<std::string, int>{{"accepted", 4}, {"budget_exceeded", 8}}));
    for (const auto& one : accepted) EXPECT_EQ(finished(one).at("granted").as_int64(), 100);
    EXPECT_EQ(number_at(campaign, "granted"), 4'000);
    EXPECT_EQ(number_at(campaign, "remaining"), 500);
    expect_each_has(40);
}

TEST_F(recipients, that_stand_in_two_files_get_it_once_and_the_report_says_so) {
    const auto campaign = approved(1'000'000);
    open_wallets(200);
    std::vector<http_reply> replies(2);
    std::vector<std::thread> both;
    for (std::size_t i = 0; i < 2; ++i)
        both.emplace_back([&, i] {
            api_client mine{process->port(), operator_key};
            const auto number = std::to_string(i);
            replies[i] = mine.post_csv(campaign + "/recipients", file({"清掃"}, 10, number), "k" + number);
        });
    for (auto& one : both) one.join();
    std::int64_t granted = 0;
    for (const auto& reply : replies) {
        if (reply.status != 201) {
            EXPECT_EQ(code_of(reply), "recipients_refused");
            continue;
        }
        const auto done = finished(json::parse(reply.body));
        granted += done.at("granted").as_int64();
        const auto path = "/v1/recipients/" + text_at(done, "id") + "/report";
        const auto lines = as_operator->read(path).at("data").as_array();
        EXPECT_EQ(static_cast<std::int64_t>(lines.size()), done.at("left_out").as_int64());
        for (const auto& one : lines) EXPECT_EQ(text_at(one, "code"), "already_granted");
        const auto as_csv = as_operator->get(path + "?format=csv");
        EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(as_csv.body, '\n')), lines.size() + 1);
    }
    EXPECT_EQ(granted, 200);
    EXPECT_EQ(number_at(campaign, "granted"), 2'000);
    EXPECT_EQ(number_at(campaign, "reserved"), 0);
    expect_each_has(10);
}

TEST_F(recipients, get_it_once_whenever_the_process_is_killed) {
    const auto campaign = approved(1'000'000);
    open_wallets(400);
    dice random{seeds(1).front()};
    int unanswered = 0;
    int unfinished = 0;
    constexpr int rounds = 12;
    for (int round = 0; round < rounds; ++round) {
        const auto name = std::to_string(round);
        const auto text = file({"朝 " + name, "昼 " + name, "夜 " + name, "夏 " + name, "冬 " + name}, 2);
        std::atomic<bool> answered{false};
        std::thread upload{[&, port = process->port()] {
            try {
                api_client mine{port, operator_key};
                answered = mine.post_csv(campaign + "/recipients", text, "k" + name).status == 201;
            } catch (const std::exception&) { // it was killed under the request
            }
        }};
        std::this_thread::sleep_for(std::chrono::microseconds{random.below(150'000)});
        kill_and_restart();
        upload.join();
        unanswered += !answered;
        const auto again = as_operator->post_csv(campaign + "/recipients", text, "k" + name);
        ASSERT_EQ(again.status, 201) << again.body;
        if (answered) {
            EXPECT_EQ(again.field("idempotent-replayed"), "true");
        }
        const auto accepted = json::parse(again.body);
        unfinished += number_at("/v1/recipients/" + text_at(accepted, "id"), "granted") < 2'000;
        EXPECT_EQ(finished(accepted).at("granted").as_int64(), 2'000);
        EXPECT_EQ(number_at(campaign, "granted"), std::int64_t{4'000} * (round + 1));
        EXPECT_EQ(number_at(campaign, "reserved"), 0);
    }
    expect_each_has(10 * rounds);
    RecordProperty("killed_before_the_answer", unanswered);
    RecordProperty("seen_unfinished", unfinished);
    EXPECT_TRUE(as_operator->read("/v1/ledger/trial_balance").at("balanced").as_bool());
}

TEST_F(recipients, are_their_municipality_s_alone) {
    const auto campaign = approved(1'000);
    open_wallets(1);
    const auto other = as_operator->made("/v1/municipalities/432148/staff", {{"name", "係"}});
    api_client of_aso{process->port(), text_at(other, "key")};
    const auto text = file({"清掃"}, 10);
    EXPECT_EQ(of_aso.post_csv(campaign + "/recipients", text, "k").status, 404);
    EXPECT_EQ(of_aso.get(campaign + "/recipients").status, 404);
    const auto accepted = json::parse(as_operator->post_csv(campaign + "/recipients", text, "k").body);
    const auto path = "/v1/recipients/" + text_at(accepted, "id");
    EXPECT_EQ(of_aso.get(path).status, 404);
    EXPECT_EQ(of_aso.get(path + "/report").status, 404);
    EXPECT_EQ(till->get(path).status, 403);
    EXPECT_EQ(till->post_csv(campaign + "/recipients", text, "k").status, 403);
    EXPECT_EQ(as_operator->post(campaign + "/recipients", json::object{}, "j").status, 415);
    EXPECT_EQ(code_of(as_operator->post_csv(campaign + "/recipients", text, "")), "idempotency_key_invalid");
    const std::string too_large(2 * 1024 * 1024 + 1, 'x');
    EXPECT_EQ(code_of(of_aso.post_csv(campaign + "/recipients", too_large, "l")), "body_too_large")
        << "and it is closed";
    as_operator->made(campaign + "/closing", {{"reason", "終了"}});
    EXPECT_EQ(code_of(as_operator->post_csv(campaign + "/recipients", file({"花植え"}, 10), "m")), "campaign_not_open");
}

} // namespace
} // namespace meguri::test
