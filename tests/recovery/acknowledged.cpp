#include "tests/recovery/acknowledged.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace meguri::test {
namespace {

namespace json = boost::json;

http_fields fields_of(const small_town& town, const std::string& key) {
    return {
        {"Authorization", "Bearer " + town.till_key}, {"Content-Type", "application/json"}, {"Idempotency-Key", key}};
}

} // namespace

void remembering_clients::start(std::uint16_t port, std::size_t clients, const std::string& tag) {
    by_client_.assign(clients, {});
    for (std::size_t client = 0; client < clients; ++client)
        threads_.emplace_back([this, port, client, tag] { pay_until_it_breaks(port, client, tag); });
}

void remembering_clients::join() {
    for (auto& one : threads_) one.join();
    threads_.clear();
}

void remembering_clients::pay_until_it_breaks(std::uint16_t port, std::size_t client, const std::string& tag) try {
    auto& mine = by_client_[client];
    std::mt19937_64 random{seed_ * 1000 + client};
    http_client http{port};
    for (std::size_t i = 0;; ++i) {
        mine.push_back({tag + "-" + std::to_string(client) + "-" + std::to_string(i),
                        random() % town_.wallets.size(),
                        static_cast<std::int64_t>(random() % 9 + 1),
                        {}});
        auto& one = mine.back();
        const auto reply = http.ask("POST", "/v1/authorizations", fields_of(town_, one.key),
                                    json::serialize(payment(town_.wallets[one.wallet], one.amount)));
        if (reply.status != 201) return;
        one.answer = reply.body;
    }
} catch (const std::runtime_error&) {
    // The connection broke: that is what the test does.
}

std::size_t remembering_clients::acknowledged() const {
    std::size_t sum = 0;
    for (const auto& mine : by_client_)
        sum += static_cast<std::size_t>(
            std::count_if(mine.begin(), mine.end(), [](const auto& one) { return !one.answer.empty(); }));
    return sum;
}

void remembering_clients::repeat_all(std::uint16_t port) {
    http_client http{port};
    for (const auto& mine : by_client_)
        for (const auto& one : mine) {
            const auto reply = http.ask("POST", "/v1/authorizations", fields_of(town_, one.key),
                                        json::serialize(payment(town_.wallets[one.wallet], one.amount)));
            ASSERT_EQ(reply.status, 201) << reply.body;
            if (!one.answer.empty()) {
                EXPECT_EQ(reply.field("idempotent-replayed"), "true") << one.key << " was acknowledged and is gone";
                EXPECT_EQ(reply.body, one.answer);
            }
            settled_.push_back({one.key, one.wallet, one.amount, reply.body});
        }
    by_client_.clear();
}

void remembering_clients::expect_all_there(std::uint16_t port, const std::string& operator_key, std::int64_t granted) {
    repeat_all(port);
    std::vector<std::int64_t> left(town_.wallets.size(), granted);
    for (const auto& one : settled_)
        if (text_at(json::parse(one.answer), "status") == "captured") left[one.wallet] -= one.amount;
    api_client as_operator{port, operator_key};
    for (std::size_t i = 0; i < left.size(); ++i) {
        const auto rows = as_operator.read("/v1/wallets/" + town_.wallets[i].id + "/balances").at("data").as_array();
        EXPECT_EQ(rows.empty() ? 0 : rows[0].at("available").as_int64(), left[i]) << "wallet " << i;
    }
    EXPECT_TRUE(as_operator.read("/v1/ledger/trial_balance").at("balanced").as_bool());
}

} // namespace meguri::test
