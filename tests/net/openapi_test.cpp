// openapi.yaml against the code: routes, problem codes and examples agree, and the checker sees what it should.
#include "net/openapi_text.hpp"
#include "net/problem.hpp"
#include "net/routes.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/support/openapi_contract.hpp"
#include "tests/support/openapi_file.hpp"
#include "tests/support/openapi_schema.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string_view>

namespace meguri::net {
namespace {

namespace json = boost::json;

const json::object& paths() { return test::openapi_file().at("paths").as_object(); }

bool is_operations(const json::value& item) { return item.as_object().contains("servers"); }

// Calls visit(path, method, operation) for each.
template <class Visit>
void for_each_operation(Visit visit) {
    for (const auto& [path, item] : paths())
        for (const char* const method : {"get", "post"})
            if (const auto* const found = item.as_object().if_contains(method))
                visit(std::string{path}, std::string{method}, found->as_object());
}

TEST(openapi, describes_the_routes_and_no_others) {
    std::set<std::string> described;
    for_each_operation([&](const std::string& path, const std::string& method, const json::object&) {
        if (!is_operations(paths().at(path))) described.insert(method + ' ' + path);
    });
    std::set<std::string> served;
    for (const auto& one : all_resources())
        served.insert((one.method == http_method::get ? "get " : "post ") + std::string{one.pattern});
    EXPECT_EQ(described, served);
    for (const char* const path : {"/livez", "/readyz", "/metrics"}) EXPECT_TRUE(paths().contains(path)) << path;
}

TEST(openapi, lists_the_problem_codes) {
    std::set<std::string> described;
    for (const auto& one : test::openapi_file().at_pointer("/components/schemas/ProblemCode/enum").as_array())
        described.insert(std::string{one.as_string()});
    std::set<std::string> known;
    for (const auto& one : all_problems()) known.insert(std::string{one.name});
    EXPECT_EQ(described, known);
}

// Each response component tells in words which codes come with its status: all of them.
TEST(openapi, tells_every_code_where_its_status_is_described) {
    std::map<std::string, std::string> words;
    for_each_operation([&](const std::string&, const std::string&, const json::object& operation) {
        for (const auto& [status, response] : operation.at("responses").as_object())
            if (const auto& one = test::resolved(test::openapi_file(), response).as_object();
                one.contains("description"))
                words[std::string{status}] += one.at("description").as_string();
    });
    for (const auto& one : all_problems())
        EXPECT_NE(words[std::to_string(one.status)].find('`' + std::string{one.name} + '`'), std::string::npos)
            << one.name;
}

// Whoever has to show a key may be told that it is none, or that there were too many such.
TEST(openapi, tells_the_refusals_of_keys_wherever_a_key_is_asked_for) {
    std::size_t asking = 0;
    for_each_operation([&](const std::string& path, const std::string& method, const json::object& operation) {
        const auto* const security = operation.if_contains("security");
        if (security != nullptr && security->as_array().empty()) return;
        ++asking;
        const auto& responses = operation.at("responses").as_object();
        for (const char* const status : {"401", "429"})
            EXPECT_TRUE(responses.contains(status)) << method << ' ' << path << ' ' << status;
    });
    EXPECT_GT(asking, 50U);
}

void expect_closed(const json::value& schema, const std::string& at) {
    if (schema.is_array()) {
        for (const auto& one : schema.get_array()) expect_closed(one, at);
        return;
    }
    if (!schema.is_object()) return;
    const json::object& rules = schema.get_object();
    if (const auto* const type = rules.if_contains("type"); type != nullptr && *type == "object") {
        EXPECT_TRUE(rules.contains("additionalProperties")) << at;
    }
    for (const auto& [name, one] : rules) expect_closed(one, at + '/' + std::string{name});
}

TEST(openapi, closes_every_object) { expect_closed(test::openapi_file().at_pointer("/components/schemas"), ""); }

TEST(openapi, gives_examples_that_keep_its_schemas) {
    std::size_t examples = 0;
    const auto check = [&](const json::object& media, const std::string& where) {
        const auto hold = [&](const json::value& example) {
            ++examples;
            for (const auto& fault : test::schema_faults(test::openapi_file(), media.at("schema"), example))
                ADD_FAILURE() << where << fault;
        };
        if (const auto* const one = media.if_contains("example")) hold(*one);
        if (const auto* const several = media.if_contains("examples"))
            for (const auto& one : several->as_object()) hold(one.value().at("value"));
    };
    for_each_operation([&](const std::string& path, const std::string& method, const json::object& operation) {
        if (const auto* const body = operation.if_contains("requestBody"))
            for (const auto& media : body->at("content").as_object())
                check(media.value().as_object(), method + ' ' + path);
        for (const auto& [status, response] : operation.at("responses").as_object()) {
            const auto* const content = response.as_object().if_contains("content");
            if (content == nullptr) continue;
            std::string where = method;
            where.append(1, ' ').append(path).append(1, ' ').append(status);
            for (const auto& media : content->as_object()) check(media.value().as_object(), where);
        }
    });
    EXPECT_GT(examples, 45U);
}

// Ids of the examples are made up; everything else of a request's example is taken as it stands.
TEST(openapi, gives_request_examples_that_the_resources_take) {
    for_each_operation([&](const std::string& path, const std::string& method, const json::object& operation) {
        const auto* const body = operation.if_contains("requestBody");
        if (body == nullptr) return;
        if (path.ends_with("/reconciliations"))
            return;                                // by a day in its query: tests/acceptance/reconciliations_test.cpp
        if (path == "/v1/bank_statements") return; // lines of a file, of which none may lie in the scene's future
        if (path == "/v1/gateway/events") return;  // signed: tests/acceptance/card_purchases_test.cpp
        if (path.ends_with("/results")) return;    // of an order: tests/acceptance/debits_test.cpp
        const auto& [type, media] = *body->at("content").as_object().begin();
        const bool is_file = type == "text/csv";
        json::object example = is_file ? json::object{} : media.at("example").as_object();
        const bool is_bulk = type == "application/x-ndjson"; // whose lines have the keys
        if (example.contains("wallet")) example["wallet"] = test::wallet_id(3);
        if (example.contains("purchase"))
            example["purchase"] = test::scene_keys().encode_id(storage::id_kind::purchase, 2).str();
        if (example.contains("partner"))
            example["partner"] = test::scene_keys().encode_id(storage::id_kind::partner, 3).str();
        const bool is_payment = path.starts_with("/v1/authorizations") || path == "/v1/reversals";
        const bool is_correction = path.starts_with("/v1/corrections");
        const bool is_campaign = path.starts_with("/v1/campaigns");
        const bool is_coupon = path.starts_with("/v1/coupons/");
        const bool is_purchase = path.starts_with("/v1/purchases");
        const bool is_transfer = path.starts_with("/v1/unmatched_transfers");
        const bool is_mandate = path.starts_with("/v1/mandates");
        const bool is_event = path.starts_with("/v1/events/");
        const bool is_clawback = path.starts_with("/v1/clawbacks/");
        const storage::id_kind kind = path.starts_with("/v1/wallets")         ? storage::id_kind::wallet
                                    : path.starts_with("/v1/merchants")       ? storage::id_kind::merchant
                                    : path.starts_with("/v1/terminals")       ? storage::id_kind::terminal
                                    : path.starts_with("/v1/operators")       ? storage::id_kind::operator_
                                    : path.starts_with("/v1/staff")           ? storage::id_kind::staff
                                    : path.starts_with("/v1/partners")        ? storage::id_kind::partner
                                    : path.starts_with("/v1/cards")           ? storage::id_kind::card
                                    : path.starts_with("/v1/codes")           ? storage::id_kind::entry
                                    : path.starts_with("/v1/applications")    ? storage::id_kind::application
                                    : path.starts_with("/v1/account_changes") ? storage::id_kind::account_change
                                    : is_purchase                             ? storage::id_kind::purchase
                                    : is_transfer                             ? storage::id_kind::transfer
                                    : is_mandate                              ? storage::id_kind::mandate
                                    : is_campaign                             ? storage::id_kind::campaign
                                    : is_event                                ? storage::id_kind::event
                                    : is_clawback                             ? storage::id_kind::clawback
                                    : is_coupon                               ? storage::id_kind::coupon
                                    : is_correction                           ? storage::id_kind::correction
                                    : is_payment                              ? storage::id_kind::authorization
                                                                              : storage::id_kind::shop;
        std::string target = path;
        const std::string id =
            path.starts_with("/v1/programs") ? "042021" : test::scene_keys().encode_id(kind, 3).str();
        if (const auto at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, id);
        if (const auto at = target.find("{number}"); at != std::string::npos) target.replace(at, 8, "2");
        if (const auto at = target.find("{code}"); at != std::string::npos) target.replace(at, 6, "042021");
        test::api_scene scene;
        scene.ledger.entries.resize(3);
        scene.ledger.entries.back().what = test::sample_correction(ledger::correction_kind::debit);
        if (path.starts_with("/v1/cards"))
            scene.ledger.entries.back().what = ledger::card_bound{ledger::wallet_id{3}, 1, {}, {}};
        if (path.starts_with("/v1/codes"))
            scene.ledger.entries.back().what =
                ledger::code_issued{ledger::wallet_id{3}, 1, ledger::code_kind::card, {}, {}};
        if (path.starts_with("/v1/applications"))
            scene.ledger.entries.back().what = ledger::application_changed{
                ledger::application_step::submitted, 0, {}, {}, std::make_shared<const ledger::application>(), {}};
        if (path.starts_with("/v1/account_changes"))
            scene.ledger.entries.back().what = ledger::account_changed{
                {}, ledger::account_step::proposed, 0, 0, {}, {}, std::make_shared<const ledger::bank_account>(), {}};
        if (path == "/v1/terminals/activations") {
            const auto code = test::scene_keys().activation(ledger::merchant_id{7}, 1, {});
            scene.ledger.joinings[test::scene_keys().digest_of_activation(code)] = 3;
            scene.ledger.entries.back().what = ledger::activation_changed{
                ledger::merchant_id{7}, 1, ledger::activation_step::issued, ledger::instant{9'000'000'000'000}, {}, {}};
            example["code"] = code.shown();
        }
        if (is_campaign)
            scene.ledger.entries.back().what =
                ledger::campaign_proposed{*ledger::program_code::parse("042021"),
                                          std::make_shared<const ledger::campaign_terms>(ledger::campaign_terms{
                                              .name = "歩いて健康",
                                              .source = *ledger::funding_source::parse("budget:042021:health"),
                                              .budget = {},
                                              .first_day = {},
                                              .last_day = {},
                                              .per_grant = {},
                                              .expires_on = {}})};
        if (is_event) scene.ledger.entries.back().what = ledger::event_changed{};
        if (is_clawback) scene.ledger.entries.back().what = ledger::clawback_changed{};
        const auto bought = std::make_shared<const ledger::purchase>(ledger::purchase{});
        if (is_purchase) scene.ledger.entries.back().what = ledger::purchase_changed{{}, bought, {}, {}};
        if (is_mandate)
            scene.ledger.entries.back().what =
                ledger::mandate_changed{std::make_shared<const ledger::debit_mandate>(), 0, {}};
        if (is_transfer) {
            scene.ledger.entries[1].what = ledger::purchase_changed{{}, bought, {}, {}};
            scene.ledger.entries.back().what = ledger::transfer_changed{
                ledger::transfer_step::arrival, std::make_shared<const ledger::bank_transfer>()};
        }
        for (std::size_t i = 0; i < scene.ledger.entries.size(); ++i) scene.ledger.entries[i].position = i + 1;
        if (is_coupon)
            scene.ledger.entries.back().what = ledger::coupon_changed{
                ledger::partner_id{3}, ledger::coupon_step::issue, 0, std::make_shared<const ledger::coupon>(), {}};
        // What a card signed is made up too, so these are not refused for their form and go no further.
        static const std::map<std::string_view, std::string_view> of_residents{
            {"/v1/challenges", ""},
            {"/v1/sessions", ""},
            {"/v1/sessions/revoke", "se"},
            {"/v1/sessions/{id}/revoke", "se"},
            {"/v1/support_sessions", "mu"},
            {"/v1/checkout_sessions", ""},
            {"/v1/card_recoveries", ""},
            {"/v1/wallets/{id}/card_renewals", "se"},
            {"/v1/wallets/{id}/password", "se"},
            {"/v1/wallets/{id}/link_requests", "se"},
            {"/v1/wallets/{id}/links", "se"},
            {"/v1/links/{id}/revoke", "se"},
            {"/v1/wallets/{id}/linked_conversions", "se"},
            {"/v1/campaigns/{id}/applications", "se"},
            {"/v1/event_redemptions", "se"},
        };
        if (const auto known = of_residents.find(path); known != of_residents.end()) {
            scene.ask({.method = "POST",
                       .target = target,
                       .body = json::serialize(example),
                       .key = known->second,
                       .idempotency = "k-1"});
            for (const auto& given : scene.answers.given) {
                EXPECT_NE(given.status, 400) << path << ' ' << given.body;
                EXPECT_NE(given.status, 403) << path << ' ' << given.body;
            }
            return;
        }
        const auto op =
            scene.operation({.method = "POST",
                             .target = target,
                             .body = is_file ? std::string{media.at("example").as_string()} : json::serialize(example),
                             .key = is_payment            ? "te"
                                  : path == "/v1/coupons" ? "pa"
                                                          : "op",
                             .idempotency = is_bulk ? "" : "k-1",
                             .content_type = type});
        EXPECT_NE(op->command(), nullptr) << method << ' ' << path;
    });
}

TEST(openapi, is_served_as_it_is) {
    test::api_scene scene;
    const auto answer = scene.answer({.method = "GET", .target = "/openapi.yaml", .key = ""});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.content_type, "application/yaml");
    EXPECT_EQ(answer.body, openapi_text());
    EXPECT_TRUE(answer.body.starts_with("openapi: 3.1.0\n"));
    EXPECT_EQ(test::contract_fault("GET", "/openapi.yaml", test::as_reply(answer)), "");
}

// --- the checker itself: what it lets pass it must refuse once something is wrong ---

test::http_reply good_reply() {
    test::http_reply reply;
    reply.status = 201;
    reply.fields = {{"content-type", "application/json"}, {"request-id", "rq_0"}};
    reply.body = R"({"id":")" + test::wallet_id(3) + R"(","created_at":"2026-04-01T03:04:05.678Z"})";
    return reply;
}

TEST(openapi_contract, finds_each_planted_fault) {
    const auto faults = [](const test::http_reply& reply, std::string_view method = "POST",
                           std::string_view target = "/v1/wallets") {
        return test::contract_faults(method, target, reply).size();
    };
    EXPECT_EQ(test::contract_fault("POST", "/v1/wallets?x=1", good_reply()), "");
    auto reply = good_reply();
    reply.status = 202;
    EXPECT_EQ(faults(reply), 1U);
    reply = good_reply();
    reply.fields.erase("request-id");
    EXPECT_EQ(faults(reply), 1U);
    reply = good_reply();
    reply.fields["idempotent-replayed"] = "yes";
    EXPECT_EQ(faults(reply), 1U);
    reply = good_reply();
    reply.fields["retry-after"] = "1";
    EXPECT_EQ(faults(reply), 1U);
    reply = good_reply();
    reply.fields["content-type"] = "text/html";
    EXPECT_EQ(faults(reply), 1U);
    for (const char* const body :
         {"", "{}", "[]", R"({"id":"wal_x","created_at":"2026-04-01T03:04:05.678Z"})",
          R"({"id":"wal_00000000000000000000000000","created_at":"2026-13-01T03:04:05.678Z"})",
          R"({"id":"wal_00000000000000000000000000","created_at":1})",
          R"({"id":"wal_00000000000000000000000000","created_at":"2026-04-01T03:04:05.678Z","more":1})"}) {
        reply = good_reply();
        reply.body = body;
        EXPECT_GE(faults(reply), 1U) << body;
    }
    EXPECT_GE(faults(good_reply(), "POST", "/v1/nowhere"), 1U);
    EXPECT_GE(faults(good_reply(), "DELETE"), 1U);
}

TEST(openapi_schema, checks_every_keyword_that_the_file_uses) {
    struct row {
        const char* schema;
        const char* good;
        const char* bad;
    };
    const row rows[] = {
        {R"({"type":"integer"})", "1", "1.5"},
        {R"({"type":["string","null"]})", "null", "1"},
        {R"({"const":"a"})", "\"a\"", "\"b\""},
        {R"({"oneOf":[{"type":"integer"},{"type":"null"}]})", "null", "\"b\""},
        {R"({"oneOf":[{"minimum":1},{"maximum":5}]})", "7", "3"},
        {R"({"enum":["a",null]})", "null", "\"b\""},
        {R"({"minimum":1})", "1", "0"},
        {R"({"maximum":1})", "1", "2"},
        {R"({"minLength":2})", "\"石巻\"", "\"石\""},
        {R"({"maxLength":2})", "\"石巻\"", "\"石巻市\""},
        {R"({"pattern":"^a+$"})", "\"aa\"", "\"ab\""},
        {R"({"format":"date"})", "\"2028-02-29\"", "\"2027-02-29\""},
        {R"({"format":"date-time"})", "\"2028-02-29T23:59:59.000Z\"", "\"2028-02-29T24:00:00.000Z\""},
        {R"({"minItems":1})", "[1]", "[]"},
        {R"({"maxItems":1})", "[1]", "[1,2]"},
        {R"({"uniqueItems":true})", "[1,2]", "[1,2,1]"},
        {R"({"items":{"type":"integer"}})", "[1]", "[1,\"a\"]"},
        {R"({"required":["a"]})", R"({"a":1})", R"({"b":1})"},
        {R"({"properties":{"a":{"type":"null"}}})", R"({"a":null})", R"({"a":1})"},
        {R"({"additionalProperties":false,"properties":{"a":{}}})", R"({"a":1})", R"({"a":1,"b":1})"},
        {R"({"$ref":"#/components/schemas/ProgramCode","description":"x"})", "\"042021\"", "\"42021\""},
    };
    for (const auto& one : rows) {
        const auto faults = [&](const char* value) {
            return test::schema_faults(test::openapi_file(), json::parse(one.schema), json::parse(value)).size();
        };
        EXPECT_EQ(faults(one.good), 0U) << one.schema;
        EXPECT_EQ(faults(one.bad), 1U) << one.schema;
    }
    EXPECT_THROW(static_cast<void>(test::schema_faults(nullptr, json::parse(R"({"allOf":[]})"), 1)), std::logic_error);
}

} // namespace
} // namespace meguri::net
