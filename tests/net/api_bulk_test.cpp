// Many authorizations in one request: what becomes of its lines, without a switch behind.
#include "net/api.hpp"

#include "net/routes.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace meguri::net {
namespace {

namespace json = boost::json;
using test::api_scene;
using test::asking;

asking bulk_of(std::string_view body) {
    return {.target = "/v1/authorizations/bulk", .body = body, .content_type = "application/x-ndjson"};
}

std::string bulk_line(const std::string& key, const std::string& amount = "1200") {
    return R"({"idempotency_key":")" + key + R"(","amount":)" + amount +
           R"(,"program":"042021","credential":{"type":"code","value":"4B7K"}})";
}

// Decided in the order of the vector, each as the payment of that number.
void decide_all(api_scene& scene, const std::vector<actors::operation_ptr>& operations) {
    for (const auto& op : operations) {
        auto paid = test::sample_payment();
        paid.reference = op->record.idempotency_key;
        op->record.what = std::move(paid);
        op->record.decided_at = op->at;
        op->record.position = scene.ledger.entries.size() + 1;
        scene.ledger.entries.push_back(op->record);
        op->end = actors::ending::decided;
        op->answer();
    }
}

std::vector<json::object> answered_lines(const api_scene& scene, const asking& one) {
    std::vector<json::object> lines;
    EXPECT_EQ(scene.answers.given.size(), 1U);
    if (scene.answers.given.empty()) return lines;
    const auto& answer = scene.answers.given.front();
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.content_type, "application/x-ndjson");
    test::expect_contract(one, answer);
    for (const auto line : lines_of(answer.body)) lines.push_back(json::parse(line).as_object());
    return lines;
}

TEST(lines_of, are_what_stands_between_line_ends) {
    using texts = std::vector<std::string_view>;
    EXPECT_EQ(lines_of(""), texts{});
    EXPECT_EQ(lines_of("a"), texts{"a"});
    EXPECT_EQ(lines_of("a\n"), texts{"a"});
    EXPECT_EQ(lines_of("a\r\nb"), (texts{"a\r", "b"}));
    EXPECT_EQ(lines_of("\na\n\n"), (texts{"", "a", ""}));
}

TEST(api_bulk, answers_line_by_line_in_order_whatever_ends_first) {
    api_scene scene;
    const std::string body = bulk_line("k-1") + "\r\n" + bulk_line("k-2") + "\n" + bulk_line("k-3");
    const auto one = bulk_of(body);
    scene.ask(one);
    auto operations = std::exchange(scene.operations.taken, {});
    ASSERT_EQ(operations.size(), 3U);
    EXPECT_EQ(scene.answers.given.size(), 0U);
    for (const auto& op : operations) {
        ASSERT_NE(op->payment(), nullptr);
        EXPECT_TRUE(static_cast<bool>(op->record.fingerprint));
        EXPECT_EQ(op->by.merchant, ledger::merchant_id{7});
    }
    EXPECT_EQ(operations[1]->key_digest, test::scene_keys().digest_of_idempotency(operations[1]->by.caller, "k-2"));
    std::swap(operations[0], operations[2]);
    decide_all(scene, operations);
    const auto lines = answered_lines(scene, one);
    ASSERT_EQ(lines.size(), 3U);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string key = "k-" + std::to_string(i + 1);
        EXPECT_EQ(lines[i].at("idempotency_key"), json::string{key});
        EXPECT_EQ(lines[i].at("status"), 201);
        EXPECT_EQ(lines[i].at("replayed"), false);
        EXPECT_EQ(lines[i].at("authorization").at("reference"), json::string{key});
        EXPECT_TRUE(lines[i].at("problem").is_null());
    }
}

struct wrong_line {
    std::string text;
    int status;
    std::string_view code;
    std::string_view pointer = {};
};

TEST(api_bulk, stops_no_line_for_an_error_in_another) {
    const std::vector<wrong_line> rows{
        {"", 400, "malformed_request"},
        {"[]", 400, "malformed_request", ""},
        {"{", 400, "malformed_request"},
        {R"({"amount":5})", 400, "malformed_request", "/idempotency_key"},
        {bulk_line("k 1"), 400, "invalid_value", "/idempotency_key"},
        {bulk_line(""), 400, "invalid_value", "/idempotency_key"},
        {bulk_line(std::string(65, 'k')), 400, "invalid_value", "/idempotency_key"},
        {bulk_line("k-0", "0"), 400, "amount_out_of_range", "/amount"},
        {bulk_line("k-0", "1.5"), 400, "malformed_request", "/amount"},
        {R"({"idempotency_key":"k-0","amount":5,"credential":{"type":"code","value":"4B7K"},"x":1})", 400,
         "malformed_request", "/x"},
    };
    for (const auto& row : rows) {
        api_scene scene;
        const std::string body = bulk_line("k-1") + '\n' + row.text + '\n' + bulk_line("k-2") + '\n';
        const auto one = bulk_of(body);
        scene.ask(one);
        auto operations = std::exchange(scene.operations.taken, {});
        ASSERT_EQ(operations.size(), 2U) << row.text;
        decide_all(scene, operations);
        const auto lines = answered_lines(scene, one);
        ASSERT_EQ(lines.size(), 3U) << row.text;
        EXPECT_EQ(lines[0].at("status"), 201);
        EXPECT_EQ(lines[2].at("idempotency_key"), "k-2");
        EXPECT_EQ(lines[1].at("status"), row.status) << row.text;
        EXPECT_TRUE(lines[1].at("authorization").is_null());
        const auto& problem = lines[1].at("problem").as_object();
        EXPECT_EQ(problem.at("code"), json::string{row.code}) << row.text;
        EXPECT_EQ(problem.at("status"), row.status);
        if (!row.pointer.empty()) {
            EXPECT_EQ(problem.at("pointer"), json::string{row.pointer}) << row.text;
        }
    }
}

TEST(api_bulk, answers_at_once_where_no_line_asks_for_anything) {
    api_scene scene;
    const auto one = bulk_of("{}\nnull\n");
    scene.ask(one);
    EXPECT_EQ(answered_lines(scene, one).size(), 2U);
    EXPECT_EQ(scene.operations.taken.size(), 0U);
}

TEST(api_bulk, tells_endings_that_are_no_decisions_in_their_lines) {
    api_scene scene;
    const std::string body = bulk_line("k-1") + '\n' + bulk_line("k-2") + '\n' + bulk_line("k-3") + '\n' +
                             bulk_line("k-4") + '\n' + bulk_line("k-5");
    const auto one = bulk_of(body);
    scene.ask(one);
    auto operations = std::exchange(scene.operations.taken, {});
    ASSERT_EQ(operations.size(), 5U);
    const auto end = [](const actors::operation_ptr& op, actors::ending how) {
        op->end = how;
        op->answer();
    };
    operations[0].reset(); // lost on its way
    end(operations[1], actors::ending::key_reused);
    end(operations[2], actors::ending::outcome_unknown);
    operations[3]->record.what = test::sample_payment();
    operations[3]->record.decided_at = operations[3]->at;
    end(operations[3], actors::ending::replayed);
    operations[4]->refusal = ledger::refusal::program_required;
    end(operations[4], actors::ending::refused);
    const auto lines = answered_lines(scene, one);
    ASSERT_EQ(lines.size(), 5U);
    const auto code = [&](std::size_t i) { return lines[i].at("problem").at("code"); };
    EXPECT_EQ(code(0), "outcome_unknown");
    EXPECT_EQ(code(1), "idempotency_key_reused");
    EXPECT_EQ(code(2), "outcome_unknown");
    EXPECT_EQ(lines[3].at("replayed"), true);
    EXPECT_EQ(lines[3].at("status"), 201);
    EXPECT_EQ(code(4), "program_required");
    EXPECT_EQ(lines[4].at("status"), 400);
}

TEST(api_bulk, takes_as_many_lines_as_may_be_under_way) {
    api_scene scene; // 16
    std::string body;
    for (int i = 0; i < 20; ++i) body += bulk_line("k-" + std::to_string(i)) + '\n';
    const auto one = bulk_of(body);
    scene.ask(one);
    EXPECT_EQ(scene.operations.taken.size(), 16U);
    EXPECT_EQ(scene.operations.shed_payments, 4U);
    decide_all(scene, std::exchange(scene.operations.taken, {}));
    const auto lines = answered_lines(scene, one);
    ASSERT_EQ(lines.size(), 20U);
    EXPECT_EQ(lines[15].at("status"), 201);
    EXPECT_EQ(lines[16].at("status"), 503);
    EXPECT_EQ(lines[16].at("problem").at("code"), "overloaded");
    scene.answers.given.clear();
    scene.ask(one);
    EXPECT_EQ(scene.operations.taken.size(), 16U) << "their places are free again";
}

struct wrong_request {
    asking one;
    int status;
    std::string_view code;
};

TEST(api_bulk, refuses_as_a_whole_what_is_no_bulk_request) {
    std::string too_many;
    for (std::size_t i = 0; i <= bulk_request::lines_max; ++i) too_many += bulk_line("k-" + std::to_string(i)) + '\n';
    const std::string body = bulk_line("k-1");
    auto with_header = bulk_of(body);
    with_header.idempotency = "k-1";
    auto as_json = bulk_of(body);
    as_json.content_type = "application/json";
    auto by_operator = bulk_of(body);
    by_operator.key = "op";
    auto by_nobody = bulk_of(body);
    by_nobody.key = "";
    const std::vector<wrong_request> rows{
        {bulk_of(""), 400, "malformed_request"},
        {bulk_of(too_many), 400, "malformed_request"},
        {with_header, 400, "idempotency_key_invalid"},
        {as_json, 415, "unsupported_media_type"},
        {by_operator, 403, "forbidden"},
        {by_nobody, 401, "unauthenticated"},
    };
    for (const auto& row : rows) {
        api_scene scene;
        const auto answer = scene.answer(row.one);
        EXPECT_EQ(answer.status, row.status) << answer.body;
        EXPECT_EQ(test::member(answer.body, "code"), row.code);
        test::expect_contract(row.one, answer);
        EXPECT_EQ(scene.operations.taken.size(), 0U);
    }
    EXPECT_EQ(bulk_patterns(), (std::vector<std::string>{"/v1/authorizations/bulk", "/v1/debit_orders/{id}/results",
                                                         "/v1/bank_statements"}));
}

} // namespace
} // namespace meguri::net
