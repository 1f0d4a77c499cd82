// Buying points at a counter, over real sockets against the real program: asked for, paid by a line of the bank's
// statement, credited once whoever tells of it how often and whatever is killed.
#include "tests/acceptance/payments_scene.hpp"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr const char* statements = "/v1/bank_statements?program=042021";
constexpr const char* header = "date,amount,remitter,reference,line_number\r\n";

class purchases : public payments_scene {
protected:
    purchases() {
        as_operator->made("/v1/programs/042021/purchase_settings", {{"minimum", 1'000},
                                                                    {"maximum", 10'000},
                                                                    {"per_day", 20'000},
                                                                    {"per_month", 30'000},
                                                                    {"days_to_pay", 7},
                                                                    {"refund_days", 30},
                                                                    {"reason", "発売"}});
    }
    http_reply asking(std::int64_t amount, const std::string& key) {
        return as_operator->post("/v1/purchases", wanted(amount), key);
    }
    [[nodiscard]] json::value wanted(std::int64_t amount) const {
        return {{"wallet", town.wallets[0].id}, {"program", "042021"}, {"amount", amount}, {"method", "counter"}};
    }
    json::value bought(std::int64_t amount, const std::string& key) {
        return as_operator->made("/v1/purchases", wanted(amount), key);
    }
    static std::string line(const json::value& purchase, std::int64_t amount, const std::string& number) {
        // Its day is that of the request: in Japan it is the same or a later one now.
        return text_at(purchase, "created_at").substr(0, 10) + ',' + std::to_string(amount) + ",ﾔﾏﾀﾞ ﾊﾅｺ," +
               text_at(purchase, "reference") + ',' + number + "\r\n";
    }
    json::value told(const std::string& lines, const std::string& path = statements) {
        const auto reply = as_operator->post_as("text/csv", path, header + lines);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return json::parse(reply.body);
    }
    static std::int64_t count(const json::value& report, const char* result) {
        return report.at(result).at("lines").as_int64();
    }
    std::int64_t stands(const std::string& account) {
        const auto balance = as_operator->read("/v1/ledger/trial_balance");
        EXPECT_TRUE(balance.at("balanced").as_bool());
        for (const auto& one : balance.at("data").as_array().at(0).at("accounts").as_array())
            if (text_at(one, "name") == account) return one.at("debits").as_int64() - one.at("credits").as_int64();
        return 0;
    }
    api_client second_person() {
        const auto added = as_operator->made("/v1/operators", {{"name", "検査"}});
        return {process->port(), text_at(added, "key")};
    }
};

TEST_F(purchases, are_credited_once_however_often_and_by_however_many_the_file_is_sent) {
    const auto purchase = bought(10'000, "a");
    const auto file = header + line(purchase, 10'000, "1") + line(purchase, 10'000, "1");
    std::map<std::string, std::int64_t> seen;
    std::mutex mutex;
    std::vector<std::thread> staff;
    for (int i = 0; i < 8; ++i)
        staff.emplace_back([&] {
            api_client mine{process->port(), operator_key};
            const auto reply = mine.post_as("text/csv", statements, file);
            const auto report = json::parse(reply.body);
            const std::lock_guard lock{mutex};
            for (const char* const result : {"credited", "unmatched", "already_taken", "bad", "failed"})
                seen[result] += count(report, result);
        });
    for (auto& one : staff) one.join();
    EXPECT_EQ(seen, (std::map<std::string, std::int64_t>{
                        {"credited", 1}, {"unmatched", 0}, {"already_taken", 15}, {"bad", 0}, {"failed", 0}}));
    EXPECT_EQ(available(town.wallets[0].id), 15'000);
    kill_and_restart();
    EXPECT_EQ(count(told(line(purchase, 10'000, "1")), "already_taken"), 1);
    restart(); // from the state store by now
    EXPECT_EQ(count(told(line(purchase, 10'000, "1")), "already_taken"), 1);
    EXPECT_EQ(count(told(line(purchase, 10'000, "2")), "unmatched"), 1) << "paid twice";
    EXPECT_EQ(available(town.wallets[0].id), 15'000);
    EXPECT_EQ(text_at(as_operator->read("/v1/purchases/" + text_at(purchase, "id")), "status"), "paid");
    EXPECT_EQ(stands("money:received"), 20'000);
    EXPECT_EQ(stands("money:for_points"), -10'000);
    EXPECT_EQ(stands("money:unmatched"), -10'000);
    EXPECT_EQ(stands("funding:purchase"), 10'000);
}

TEST_F(purchases, of_one_person_never_pass_the_limit_together) {
    std::map<int, int> seen;
    std::mutex mutex;
    std::vector<std::thread> all;
    for (int i = 0; i < 32; ++i)
        all.emplace_back([&, i] {
            api_client mine{process->port(), operator_key};
            const auto reply = mine.post("/v1/purchases", wanted(5'000), "k" + std::to_string(i));
            const std::lock_guard lock{mutex};
            ++seen[reply.status];
        });
    for (auto& one : all) one.join();
    EXPECT_EQ(seen, (std::map<int, int>{{201, 4}, {422, 28}}));
    kill_and_restart();
    EXPECT_EQ(code_of(asking(1'000, "more")), "purchase_limit_reached");
    turn_clock(86'400);
    restart();
    EXPECT_EQ(asking(5'000, "tomorrow").status, 201);
}

TEST_F(purchases, are_asked_for_by_a_mykey_id_and_the_answer_repeats) {
    const auto id =
        text_at(as_operator->made("/v1/wallets/" + town.wallets[0].id + "/mykey_id", json::object{}), "mykey_id");
    json::value asked{{"mykey_id", id}, {"program", "042021"}, {"amount", 1'000}, {"method", "counter"}};
    const auto first = as_operator->post("/v1/purchases", asked, "k");
    EXPECT_EQ(first.status, 201) << first.body;
    kill_and_restart();
    const auto again = as_operator->post("/v1/purchases", asked, "k");
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    asked.as_object()["wallet"] = town.wallets[0].id;
    EXPECT_EQ(code_of(as_operator->post("/v1/purchases", asked, "x")), "malformed_request");
    asked.as_object().erase("wallet");
    asked.as_object()["mykey_id"] = "ZZZZZZZZ";
    EXPECT_EQ(code_of(as_operator->post("/v1/purchases", asked, "y")), "wallet_unknown");
}

TEST_F(purchases, have_every_bad_line_named_by_number_and_column) {
    const auto purchase = bought(10'000, "a");
    const auto good = line(purchase, 10'000, "1");
    const auto day = good.substr(0, 10);
    const auto report = told(good + "2026-02-30,1,,,2\n" + day + ",1.5,,,3\n" + day + ",1,やまだ,,4\n" + day +
                             ",1,,0123456789012345678901,5\n" + day + ",1,,,\n" + day + ",1,,\n" + "\"" + day +
                             ",1,,,7\n" + "2099-01-01,1,,,8\n" + line(purchase, 9'999, "1"));
    EXPECT_EQ(count(report, "credited"), 1);
    EXPECT_EQ(count(report, "bad"), 9);
    const std::vector<std::pair<std::int64_t, std::string>> expected{
        {3, "date"}, {4, "amount"}, {5, "remitter"}, {6, "reference"},   {7, "line_number"},
        {8, ""},     {9, ""},       {10, "date"},    {11, "line_number"}};
    std::vector<std::pair<std::int64_t, std::string>> named;
    for (const auto& one : report.at("data").as_array())
        if (text_at(one, "result") == "bad")
            named.emplace_back(one.at("line").as_int64(), one.at("column").is_null() ? "" : text_at(one, "column"));
    EXPECT_EQ(named, expected);
    const auto as_csv = as_operator->post_as("text/csv", std::string{statements} + "&format=csv", header + good);
    EXPECT_EQ(as_csv.field("content-type"), "text/csv; charset=utf-8");
    EXPECT_NE(as_csv.body.find("2,already_taken,tra_"), std::string::npos) << as_csv.body;
    const auto no_header = as_operator->post_as("text/csv", statements, good);
    EXPECT_EQ(code_of(no_header), "malformed_request");
    EXPECT_EQ(code_of(as_operator->post_as("application/json", statements, "{}")), "unsupported_media_type");
}

TEST_F(purchases, leave_money_in_a_queue_until_two_persons_have_said_what_it_is) {
    const auto purchase = bought(10'000, "a");
    told(line(purchase, 9'000, "1") + line(purchase, 500, "2"));
    const auto list = std::string{"/v1/unmatched_transfers?program=042021"};
    const auto queue = as_operator->read(list).at("data").as_array();
    ASSERT_EQ(queue.size(), 2U);
    const auto to_return = "/v1/unmatched_transfers/" + text_at(queue[0], "id");
    const auto to_assign = "/v1/unmatched_transfers/" + text_at(queue[1], "id");
    EXPECT_EQ(text_at(queue[1], "mismatch"), "amount_differs");
    as_operator->made(to_assign + "/assignment", {{"purchase", text_at(purchase, "id")}, {"reason", "電話で確認"}});
    as_operator->made(to_return + "/return", {{"reason", "振込人不明"}});
    EXPECT_EQ(code_of(as_operator->post(to_assign + "/approvals", json::object{}, "x")), "second_person_required");
    EXPECT_EQ(code_of(as_operator->post(to_return + "/approvals", json::object{}, "x")), "second_person_required");
    EXPECT_EQ(available(town.wallets[0].id), 5'000);
    kill_and_restart();
    auto second = second_person();
    second.made(to_return + "/rejections", {{"reason", "再確認"}});
    as_operator->made(to_return + "/return", {{"reason", "振込人不明"}});
    const auto paid = second.made(to_assign + "/approvals", json::object{}, "a");
    EXPECT_EQ(paid.at("purchase").at("credited").as_int64(), 9'000);
    second.made(to_return + "/approvals", json::object{}, "b");
    EXPECT_EQ(code_of(second.post(to_return + "/approvals", json::object{}, "c")), "invalid_state");
    EXPECT_EQ(available(town.wallets[0].id), 14'000);
    EXPECT_TRUE(as_operator->read(list).at("data").as_array().empty());
    EXPECT_EQ(text_at(as_operator->read(to_return), "status"), "to_return");
    EXPECT_EQ(stands("money:received"), 9'500);
    EXPECT_EQ(stands("money:to_return"), -500);
    EXPECT_EQ(stands("money:unmatched"), 0);
    restart();
    EXPECT_EQ(text_at(as_operator->read(to_assign), "status"), "assigned");
}

TEST_F(purchases, are_paid_back_as_far_as_they_are_unspent_where_the_program_makes_the_exception) {
    const auto purchase = bought(10'000, "a");
    const auto path = "/v1/purchases/" + text_at(purchase, "id");
    told(line(purchase, 10'000, "1"));
    till->made("/v1/authorizations", payment(town.wallets[0], 7'000), "spent"); // the older 5,000 first
    as_operator->made(path + "/refund", {{"reason", "転出"}});
    EXPECT_EQ(code_of(as_operator->post(path + "/refund/approvals", json::object{}, "x")), "second_person_required");
    kill_and_restart();
    auto second = second_person();
    second.made(path + "/refund/rejections", {{"reason", "再確認"}});
    as_operator->made(path + "/refund", {{"reason", "転出"}});
    const auto back = second.made(path + "/refund/approvals", json::object{}, "a");
    EXPECT_EQ(back.at("refunded").as_int64(), 8'000);
    EXPECT_EQ(text_at(back, "status"), "refunded");
    EXPECT_EQ(available(town.wallets[0].id), 0);
    EXPECT_EQ(stands("money:to_return"), -8'000);
    EXPECT_EQ(stands("money:for_points"), -2'000);
    EXPECT_EQ(stands("cancelled:purchase"), -8'000);
    restart();
    EXPECT_EQ(text_at(as_operator->read(path), "status"), "refunded");
}

TEST_F(purchases, that_expired_wait_for_a_person_when_they_are_paid) {
    const auto purchase = bought(10'000, "a");
    turn_clock(9 * 86'400);
    restart();
    EXPECT_EQ(text_at(as_operator->read("/v1/purchases/" + text_at(purchase, "id")), "status"), "expired");
    const auto later = bought(1'000, "b"); // whose day is today
    auto late = line(later, 10'000, "1");
    late.replace(late.find(text_at(later, "reference")), 12, text_at(purchase, "reference"));
    const auto report = told(late);
    EXPECT_EQ(text_at(report.at("data").as_array().at(0), "mismatch"), "late");
    EXPECT_EQ(available(town.wallets[0].id), 5'000);
}

TEST_F(purchases, are_their_municipality_s_alone) {
    const auto purchase = bought(10'000, "a");
    told(line(purchase, 500, "1"));
    const auto arrived =
        text_at(as_operator->read("/v1/unmatched_transfers?program=042021").at("data").as_array().at(0), "id");
    const auto added = as_operator->made("/v1/municipalities/432148/staff", {{"name", "係"}});
    api_client other{process->port(), text_at(added, "key")};
    EXPECT_EQ(other.get("/v1/purchases/" + text_at(purchase, "id")).status, 404);
    EXPECT_EQ(other.get("/v1/unmatched_transfers/" + arrived).status, 404);
    EXPECT_EQ(other.get("/v1/unmatched_transfers?program=042021").status, 403);
    EXPECT_EQ(other.post("/v1/purchases", wanted(1'000), "k").status, 403);
    EXPECT_EQ(other.post_as("text/csv", statements, header + line(purchase, 10'000, "2")).status, 403);
    EXPECT_EQ(other.post("/v1/unmatched_transfers/" + arrived + "/return", {{"reason", "x"}}).status, 404);
}

} // namespace
} // namespace meguri::test
