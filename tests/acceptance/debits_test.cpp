// Buying points by account transfer, over real sockets against the real program: mandates, the file for the bank, the
// bank's answer taken in once whoever sends it how often and whatever is killed in between.
#include "ledger/calendar.hpp"
#include "tests/acceptance/payments_scene.hpp"
#include "tests/acceptance/small_bank_table.hpp"
#include "tests/support/bank_of_debits.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <mutex>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

struct banks_of_debits {
    small_bank_table banks;
};

class debits : banks_of_debits, public payments_scene {
protected:
    debits() : payments_scene{banks.settings()} {
        as_operator->made("/v1/programs/042021/purchase_settings", settings());
        mandate = asked_for_mandate(0);
    }
    static json::object settings() {
        return {{"minimum", 1'000},
                {"maximum", 10'000},
                {"per_day", 20'000},
                {"per_month", 30'000},
                {"days_to_pay", 7},
                {"refund_days", 30},
                {"account_transfer", {{"consignor_code", "0012345678"}, {"debit_day", 31}, {"lead_days", 0}}},
                {"reason", "発売"}};
    }
    static json::object account(const std::string& number) {
        return {{"bank", "0125"}, {"branch", "404"}, {"type", "ordinary"}, {"number", number}, {"holder", "ﾔﾏﾀﾞ ﾊﾅｺ"}};
    }
    [[nodiscard]] json::object wanted_mandate(std::size_t of) const {
        return {{"wallet", town.wallets[of].id},
                {"program", "042021"},
                {"account", account("123456" + std::to_string(of))}};
    }
    std::string asked_for_mandate(std::size_t of) {
        return "/v1/mandates/" + text_at(as_operator->made("/v1/mandates", wanted_mandate(of)), "id");
    }
    void confirm() { as_operator->made(mandate + "/confirmation", json::object{}); }
    // To where the bank pays what it debits.
    void register_account() {
        const auto change =
            as_operator->made("/v1/municipalities/042021/account_changes",
                              {{"account", account("7654321")}, {"effective_from", today()}, {"reason", "登録"}});
        api_client second{process->port(), text_at(as_operator->made("/v1/operators", {{"name", "検査"}}), "key")};
        second.made("/v1/account_changes/" + text_at(change, "id") + "/approvals", json::object{});
    }
    static std::string today() {
        const auto now =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
        return ledger::to_date(ledger::jst_day::of(ledger::instant{now.count()}));
    }
    [[nodiscard]] json::value wanted(std::int64_t amount, std::size_t of = 0) const {
        return {
            {"wallet", town.wallets[of].id}, {"program", "042021"}, {"amount", amount}, {"method", "account_transfer"}};
    }
    json::value bought(std::int64_t amount, const std::string& key, std::size_t of = 0) {
        return as_operator->made("/v1/purchases", wanted(amount, of), key);
    }
    json::value stands_now(const json::value& purchase) {
        return as_operator->read("/v1/purchases/" + text_at(purchase, "id"));
    }
    std::string ordered(const json::value& purchase) {
        const auto made = as_operator->made("/v1/debit_orders",
                                            {{"program", "042021"}, {"debit_day", text_at(purchase, "last_day")}});
        return "/v1/debit_orders/" + text_at(made, "id");
    }
    std::string file_of(const std::string& order) {
        const auto reply = as_operator->get(order + "/file");
        EXPECT_EQ(reply.status, 200) << reply.body;
        return reply.body;
    }
    http_reply sent(const std::string& order, const std::string& results) {
        return as_operator->post_as("application/octet-stream", order + "/results", results);
    }
    json::value told(const std::string& order, const std::string& results) {
        const auto reply = sent(order, results);
        EXPECT_EQ(reply.status, 200) << reply.body;
        return json::parse(reply.body);
    }
    static std::int64_t count(const json::value& report, const char* result) {
        return report.at(result).at("records").as_int64();
    }
    std::int64_t stands(const std::string& account) {
        const auto balance = as_operator->read("/v1/ledger/trial_balance");
        EXPECT_TRUE(balance.at("balanced").as_bool());
        for (const auto& one : balance.at("data").as_array().at(0).at("accounts").as_array())
            if (text_at(one, "name") == account) return one.at("debits").as_int64() - one.at("credits").as_int64();
        return 0;
    }

    std::string mandate;
};

TEST_F(debits, need_a_mandate_that_the_bank_has_confirmed) {
    EXPECT_EQ(code_of(as_operator->post("/v1/mandates", wanted_mandate(0))), "mandate_exists");
    EXPECT_EQ(code_of(as_operator->post("/v1/purchases", wanted(5'000), "a")), "mandate_missing");
    as_operator->made(mandate + "/refusal", {{"reason", "印鑑相違"}});
    EXPECT_EQ(code_of(as_operator->post(mandate + "/confirmation", json::object{})), "invalid_state");
    const auto earlier = std::exchange(mandate, asked_for_mandate(0));
    confirm();
    kill_and_restart();
    EXPECT_EQ(text_at(as_operator->read(earlier), "status"), "refused");
    EXPECT_EQ(text_at(as_operator->read(mandate), "status"), "confirmed");
    const auto purchase = bought(5'000, "b");
    EXPECT_EQ(text_at(purchase, "status"), "awaiting_payment");
    restart();
    as_operator->made(mandate + "/end", {{"reason", "本人申出"}});
    EXPECT_EQ(code_of(as_operator->post("/v1/purchases", wanted(5'000), "c")), "mandate_missing");
    auto unknown = wanted_mandate(1);
    unknown["account"].as_object()["branch"] = "999";
    EXPECT_EQ(code_of(as_operator->post("/v1/mandates", unknown)), "branch_unknown");
    unknown["account"] = account("1234567");
    unknown["account"].as_object()["type"] = "savings";
    EXPECT_EQ(code_of(as_operator->post("/v1/mandates", unknown)), "invalid_value");
}

TEST_F(debits, are_within_the_limits_of_the_person) {
    confirm();
    std::map<int, int> seen;
    std::mutex mutex;
    std::vector<std::thread> all;
    for (int i = 0; i < 16; ++i)
        all.emplace_back([&, i] {
            api_client mine{process->port(), operator_key};
            const auto reply = mine.post("/v1/purchases", wanted(5'000), "k" + std::to_string(i));
            const std::lock_guard lock{mutex};
            ++seen[reply.status];
        });
    for (auto& one : all) one.join();
    EXPECT_EQ(seen, (std::map<int, int>{{201, 4}, {422, 12}}));
}

TEST_F(debits, are_ordered_once_and_the_file_is_the_same_for_ever) {
    confirm();
    const auto purchase = bought(5'000, "a");
    const auto day = text_at(purchase, "last_day");
    const json::value order_of_day{{"program", "042021"}, {"debit_day", day}};
    EXPECT_EQ(code_of(as_operator->post("/v1/debit_orders", order_of_day)), "collection_account_missing");
    register_account();
    const auto cancelled = bought(3'000, "b");
    as_operator->made("/v1/purchases/" + text_at(cancelled, "id") + "/cancellation", {{"reason", "不要"}});
    EXPECT_EQ(code_of(as_operator->post("/v1/debit_orders", {{"program", "042021"}, {"debit_day", "2099-01-01"}})),
              "nothing_to_debit");
    const auto order = ordered(purchase);
    EXPECT_EQ(ordered(purchase), order);
    const auto file = file_of(order);
    ASSERT_EQ(debits_in(file), 1U);
    EXPECT_EQ(debit_record(file, 1).substr(99, 12), text_at(purchase, "reference"));
    EXPECT_EQ(text_at(stands_now(purchase), "status"), "ordered");
    EXPECT_EQ(
        code_of(as_operator->post("/v1/purchases/" + text_at(purchase, "id") + "/cancellation", {{"reason", "遅い"}})),
        "invalid_state");
    const auto next = bought(4'000, "c");
    EXPECT_GT(text_at(next, "last_day"), day) << "that day is closed";
    as_operator->made(mandate + "/end", {{"reason", "本人申出"}});
    EXPECT_EQ(file_of(order), file) << "the bank was asked before";
    EXPECT_EQ(debits_in(file_of(ordered(next))), 0U) << "and of this it was not";
    EXPECT_EQ(text_at(stands_now(next), "status"), "awaiting_payment");
    kill_and_restart();
    EXPECT_EQ(file_of(order), file);
    restart(); // from the state store by now
    EXPECT_EQ(file_of(order), file);
    const auto sums = as_operator->read(order);
    EXPECT_EQ(sums.at("requests").as_int64(), 1);
    EXPECT_EQ(sums.at("total").as_int64(), 5'000);
}

TEST_F(debits, are_credited_once_however_often_and_by_however_many_the_file_is_sent) {
    confirm();
    register_account();
    mandate = asked_for_mandate(1);
    confirm();
    const auto good = bought(5'000, "a");
    const auto bad = bought(6'000, "b", 1);
    const auto order = ordered(good);
    const auto results = answered_by_bank(file_of(order), {'0', '1'}, "\r\n");
    std::map<std::string, std::int64_t> seen;
    std::mutex mutex;
    std::vector<std::thread> staff;
    for (int i = 0; i < 8; ++i)
        staff.emplace_back([&] {
            api_client mine{process->port(), operator_key};
            const auto reply = mine.post_as("application/octet-stream", order + "/results", results);
            const auto report = json::parse(reply.body);
            const std::lock_guard lock{mutex};
            for (const char* const result : {"credited", "refused", "unmatched", "already_taken", "failed"})
                seen[result] += count(report, result);
        });
    for (auto& one : staff) one.join();
    EXPECT_EQ(seen, (std::map<std::string, std::int64_t>{
                        {"credited", 1}, {"refused", 1}, {"unmatched", 0}, {"already_taken", 14}, {"failed", 0}}));
    EXPECT_EQ(available(town.wallets[0].id), 10'000);
    EXPECT_EQ(available(town.wallets[1].id), 5'000);
    kill_and_restart();
    EXPECT_EQ(count(told(order, results), "already_taken"), 2);
    restart();
    EXPECT_EQ(count(told(order, results), "already_taken"), 2);
    EXPECT_EQ(available(town.wallets[0].id), 10'000);
    const auto paid = stands_now(good);
    EXPECT_EQ(text_at(paid, "status"), "paid");
    EXPECT_EQ(text_at(paid, "debit_result"), "debited");
    const auto refused = stands_now(bad);
    EXPECT_EQ(text_at(refused, "status"), "refused");
    EXPECT_EQ(text_at(refused, "debit_result"), "insufficient_funds");
    EXPECT_EQ(stands("money:debited"), 5'000);
    EXPECT_EQ(stands("money:for_points"), -5'000);
    EXPECT_EQ(stands("funding:purchase"), 5'000);
    const auto differing = told(order, answered_by_bank(file_of(order), {'0', '2'}));
    EXPECT_EQ(count(differing, "failed"), 1);
    EXPECT_EQ(text_at(differing.at("data").as_array().at(1), "code"), "debit_result_differs");
}

TEST_F(debits, end_whenever_the_switch_is_killed_while_the_file_is_taken_in) {
    register_account();
    std::vector<json::value> all;
    confirm();
    for (int i = 0; i < 15; ++i) all.push_back(bought(1'000, "k" + std::to_string(i)));
    const auto order = ordered(all.front());
    const auto results = answered_by_bank(file_of(order), {'0'});
    for (int kill = 0; kill < 6; ++kill) {
        std::thread sending{[&, port = process->port()] {
            try {
                api_client mine{port, operator_key};
                mine.post_as("application/octet-stream", order + "/results", results);
            } catch (const std::exception&) { // it was killed meanwhile
            }
        }};
        std::this_thread::sleep_for(std::chrono::microseconds{400 * kill});
        kill_and_restart();
        sending.join();
    }
    const auto report = told(order, results);
    EXPECT_EQ(count(report, "credited") + count(report, "already_taken"), 15);
    EXPECT_EQ(available(town.wallets[0].id), 20'000);
    EXPECT_EQ(stands("money:debited"), 15'000);
}

TEST_F(debits, are_not_touched_by_a_file_in_which_anything_is_wrong) {
    confirm();
    register_account();
    const auto purchase = bought(5'000, "a");
    bought(6'000, "b");
    const auto order = ordered(purchase);
    const auto good = answered_by_bank(file_of(order), {'0'});
    auto bad = good;
    bad[2 * 120 + 111] = '7'; // the second one's result
    const auto reply = sent(order, bad);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(code_of(reply), "invalid_value");
    EXPECT_NE(reply.body.find("/records/3/result"), std::string::npos) << reply.body;
    bad = good;
    bad[120 + 89] = '1'; // another amount, and another sum
    EXPECT_EQ(code_of(sent(order, bad)), "invalid_value");
    EXPECT_EQ(code_of(sent(order, "x")), "invalid_value");
    EXPECT_EQ(available(town.wallets[0].id), 5'000);
    EXPECT_EQ(count(told(order, good), "credited"), 2);
    EXPECT_EQ(available(town.wallets[0].id), 16'000);
}

} // namespace
} // namespace meguri::test
