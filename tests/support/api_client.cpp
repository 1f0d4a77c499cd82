#include "tests/support/api_client.hpp"

#include "tests/support/openapi_contract.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace meguri::test {
namespace json = boost::json;

http_reply api_client::ask(std::string_view method, const std::string& path, const http_fields& fields,
                           const std::string& body) {
    auto reply = http_.ask(method, path, fields, body);
    EXPECT_EQ(contract_fault(method, path, reply), "");
    return reply;
}

http_reply api_client::post(const std::string& path, const json::value& body, const std::string& idempotency_key) {
    http_fields fields;
    if (!idempotency_key.empty()) fields.emplace_back("Idempotency-Key", idempotency_key);
    return post_text(path, json::serialize(body), fields);
}

http_reply api_client::post_text(const std::string& path, const std::string& body, const http_fields& more_fields) {
    http_fields fields{{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}};
    fields.insert(fields.end(), more_fields.begin(), more_fields.end());
    return ask("POST", path, fields, body);
}

http_reply api_client::post_csv(const std::string& path, const std::string& csv, const std::string& idempotency_key) {
    const http_fields fields{
        {"Authorization", "Bearer " + key_}, {"Content-Type", "text/csv"}, {"Idempotency-Key", idempotency_key}};
    return ask("POST", path, fields, csv);
}

http_reply api_client::post_as(const std::string& type, const std::string& path, const std::string& body) {
    return ask("POST", path, {{"Authorization", "Bearer " + key_}, {"Content-Type", type}}, body);
}

http_reply api_client::get(const std::string& path) {
    return ask("GET", path, {{"Authorization", "Bearer " + key_}}, {});
}

json::value api_client::made(const std::string& path, const json::value& body, const std::string& idempotency_key) {
    const auto reply = post(path, body, idempotency_key);
    if (reply.status / 100 != 2)
        throw std::runtime_error{path + ": " + std::to_string(reply.status) + " " + reply.body};
    return json::parse(reply.body);
}

json::value api_client::read(const std::string& path) {
    const auto reply = get(path);
    if (reply.status != 200) throw std::runtime_error{path + ": " + std::to_string(reply.status) + " " + reply.body};
    return json::parse(reply.body);
}

std::string code_of(const http_reply& reply) {
    if (reply.field("content-type") != "application/problem+json") return {};
    return text_at(json::parse(reply.body), "code");
}

std::string text_at(const json::value& from, std::string_view name) {
    return std::string{from.as_object().at(name).as_string()};
}

small_town make_small_town(api_client& as_operator, std::size_t wallets, std::int64_t points) {
    small_town town;
    as_operator.made("/v1/programs", {{"code", "042021"},
                                      {"name", "石巻市アイポイント"},
                                      {"expiry_days", 180},
                                      {"online_only", false},
                                      {"issuer_kind", "municipality"}});
    town.merchant = text_at(as_operator.made("/v1/merchants", {{"name", "店"}, {"programs", {"042021"}}}), "id");
    const auto terminal = as_operator.made("/v1/merchants/" + town.merchant + "/terminals", {{"name", "レジ1"}});
    town.terminal = text_at(terminal, "id");
    town.till_key = text_at(terminal, "key");
    for (std::size_t i = 0; i < wallets; ++i) {
        const auto id = text_at(as_operator.made("/v1/wallets", json::object{}), "id");
        const auto card = text_at(as_operator.made("/v1/wallets/" + id + "/codes", {{"kind", "card"}}), "value");
        as_operator.made(
            "/v1/grants",
            {{"wallet", id}, {"program", "042021"}, {"amount", points}, {"source", "budget:042021:health"}},
            "town-" + std::to_string(i));
        town.wallets.push_back({id, card});
    }
    return town;
}

json::value payment(const small_town::purse& from, std::int64_t amount) {
    return {{"amount", amount},
            {"program", "042021"},
            {"credential", {{"type", "code"}, {"value", from.card}}},
            {"capture", true}};
}

} // namespace meguri::test
