#include "net/api.hpp"

#include "tests/net/api_scene.hpp"
#include "tests/support/openapi_contract.hpp"

#include <gtest/gtest.h>

#include <set>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::member;
using test::program;

constexpr std::string_view payment_body =
    R"({"amount":1200,"program":"042021","credential":{"type":"code","value":"4B7K"},"capture":true,"reference":"R-000123"})";

constexpr asking payment{.body = payment_body, .idempotency = "k-1"};

std::string grant_body(std::string_view of_program = "042021", std::string_view rest = "") {
    return R"({"wallet":")" + test::wallet_id(3) + R"(","program":")" + std::string{of_program} +
           R"(","amount":5000,"source":"budget:042021:health")" + std::string{rest} + "}";
}

void expect_contract(const asking& asked, const http_response& answer) {
    EXPECT_EQ(test::contract_fault(asked.method, asked.target, test::as_reply(answer)), "");
}

// --- commands ---

TEST(api, makes_a_payment_an_operation) {
    api_scene scene;
    const auto op = scene.operation(payment);
    const auto* const asked = op->payment();
    ASSERT_NE(asked, nullptr);
    EXPECT_EQ(asked->amount.value(), 1200);
    EXPECT_EQ(asked->program, program("042021"));
    EXPECT_EQ(asked->reference, "R-000123");
    EXPECT_EQ(asked->code, test::scene_keys().digest_of_code("4B7K"));
    EXPECT_EQ(op->at.unix_ms(), 1'790'000'000'000);
    EXPECT_EQ(op->by.merchant, ledger::merchant_id{7});
    EXPECT_EQ(op->record.caller, op->by.caller);
    EXPECT_EQ(op->record.idempotency_key, "k-1");
    EXPECT_TRUE(static_cast<bool>(op->record.fingerprint));
    EXPECT_EQ(op->key_digest, test::scene_keys().digest_of_idempotency(op->by.caller, "k-1"));
    EXPECT_GE(op->stages.parsed_ns, op->stages.received_ns);
}

TEST(api, fills_defaults_in_before_the_fingerprint) {
    api_scene scene;
    const auto full = scene.operation(payment)->record.fingerprint;
    const auto defaulted = scene.operation(
        {.body =
             R"({"reference":"R-000123", "credential":{"value":"4B7K","type":"code"},"program":"042021","amount":1200})",
         .idempotency = "k-1"});
    EXPECT_EQ(defaulted->record.fingerprint, full);
    const auto other = scene.operation(
        {.body = R"({"amount":1200,"credential":{"type":"code","value":"4B7K"}})", .idempotency = "k-1"});
    EXPECT_NE(other->record.fingerprint, full);
    EXPECT_EQ(other->payment()->program, std::nullopt);
    EXPECT_EQ(other->payment()->reference, "");
}

TEST(api, reads_every_command) {
    api_scene scene;
    const auto command_of = [&](asking one) {
        one.key = one.key == "te" ? "op" : one.key;
        return *scene.operation(one)->command();
    };
    const std::string w = "/v1/wallets/" + test::wallet_id(3);
    const std::string m = "/v1/merchants/" + test::merchant_id(7);

    const auto opened = std::get<ledger::open_program>(
        command_of({.target = "/v1/programs", .body = R"({"code":"042021","name":"A","expiry_days":180})"}));
    EXPECT_EQ(opened.opened.code, program("042021"));
    EXPECT_EQ(opened.opened.issuer, ledger::issuer_kind::municipality);
    EXPECT_FALSE(opened.opened.online_only);
    const auto joined = std::get<ledger::join_merchant>(
        command_of({.target = "/v1/merchants", .body = R"({"name":"A","programs":["432148","042021"]})"}));
    EXPECT_EQ(joined.programs, (std::vector{program("042021"), program("432148")}));
    const auto shop = std::get<ledger::add_outlet>(command_of({.target = m + "/shops", .body = R"({"name":"A"})"}));
    EXPECT_EQ(shop.kind, ledger::outlet_kind::shop);
    EXPECT_EQ(shop.merchant, ledger::merchant_id{7});
    const auto till = std::get<ledger::add_outlet>(command_of({.target = m + "/terminals", .body = R"({"name":"A"})"}));
    EXPECT_EQ(till.kind, ledger::outlet_kind::terminal);
    const auto staff = std::get<ledger::add_staff>(
        command_of({.target = "/v1/municipalities/432148/staff", .body = R"({"name":"A"})"}));
    EXPECT_EQ(staff.municipality, program("432148"));
    EXPECT_EQ(std::get<ledger::add_partner>(command_of({.target = "/v1/partners", .body = R"({"name":"A"})"})).name,
              "A");
    EXPECT_EQ(std::get<ledger::add_operator>(command_of({.target = "/v1/operators", .body = R"({"name":"A"})"})).name,
              "A");
    EXPECT_TRUE(std::holds_alternative<ledger::open_wallet>(command_of({.target = "/v1/wallets", .body = "{}"})));
    const auto code = std::get<ledger::issue_code>(command_of({.target = w + "/codes", .body = R"({"kind":"once"})"}));
    EXPECT_EQ(code.wallet, ledger::wallet_id{3});
    EXPECT_EQ(code.kind, ledger::code_kind::once);
    const auto grant = std::get<ledger::grant>(command_of(
        {.target = "/v1/grants", .body = grant_body("042021", R"(,"expires_on":"2027-03-31")"), .idempotency = "k"}));
    EXPECT_EQ(grant.wallet, ledger::wallet_id{3});
    EXPECT_EQ(grant.amount.value(), 5000);
    EXPECT_EQ(grant.expires_on, ledger::parse_date("2027-03-31"));
    EXPECT_EQ(grant.source.kind(), ledger::funding_kind::budget);
    const auto freeze =
        std::get<ledger::set_freeze>(command_of({.target = w + "/freeze", .body = R"({"reason":"r"})"}));
    EXPECT_EQ(freeze.subject, ledger::freeze_subject::wallet);
    EXPECT_TRUE(freeze.frozen && freeze.id == 3 && freeze.reason == "r");
    const auto thaw = std::get<ledger::set_freeze>(
        command_of({.target = "/v1/programs/432148/unfreeze", .body = R"({"reason":"r"})"}));
    EXPECT_EQ(thaw.subject, ledger::freeze_subject::program);
    EXPECT_TRUE(!thaw.frozen && thaw.id == 432148);
}

TEST(api, answers_from_the_entry_and_a_repetition_the_same) {
    api_scene scene;
    const auto first = scene.operation(payment);
    const auto answer = scene.decide(first, test::sample_payment());
    EXPECT_EQ(answer.status, 201);
    EXPECT_FALSE(answer.idempotent_replayed);
    EXPECT_EQ(member(answer.body, "status"), "captured");
    expect_contract(payment, answer);

    const auto second = scene.operation(payment);
    second->record = first->record;
    const auto replayed = scene.end(second, actors::ending::replayed);
    EXPECT_EQ(replayed.status, 201);
    EXPECT_TRUE(replayed.idempotent_replayed);
    EXPECT_EQ(replayed.body, answer.body);
    expect_contract(payment, replayed);
    EXPECT_EQ(scene.api.probes().payments[0].value(), 1U);
    EXPECT_EQ(scene.api.probes().replayed.value(), 1U);
    EXPECT_EQ(scene.api.probes().answers.value(), 2U);
}

// --- problems: one row per code that a resource or an ending can give ---

struct problem_row {
    asking asked;
    int status;
    std::string_view code;
    std::string_view pointer = "";
};

TEST(api, refuses_by_rule) {
    const std::string w = "/v1/wallets/" + test::wallet_id(3);
    const std::string freeze_unknown = "/v1/wallets/" + test::merchant_id(3) + "/freeze";
    const std::string staff_elsewhere = "/v1/municipalities/432148/staff";
    const std::string long_key(65, 'k');
    const std::string good_grant = grant_body();
    const std::string grant_to_nobody = R"({"wallet":"wal_0","program":"042021","amount":1,"source":"budget:x"})";
    const std::string grant_of_nothing =
        R"({"wallet":")" + test::wallet_id(3) + R"(","program":"042021","amount":1,"source":"gift:x"})";
    const std::string grant_late = grant_body("042021", R"(,"expires_on":"2027-02-30")");
    const std::string grant_elsewhere = grant_body("432148");
    const std::string long_credential =
        R"({"amount":1,"credential":{"type":"code","value":")" + std::string(129, 'x') + "\"}}";
    const std::string long_reference =
        R"({"amount":1,"credential":{"type":"code","value":"x"},"reference":")" + std::string(65, 'x') + "\"}";
    const std::string bad_page = w + "/entries?limit=101";
    const problem_row rows[] = {
        {{.body = payment_body}, 400, "idempotency_key_missing"},
        {{.body = payment_body, .idempotency = long_key}, 400, "idempotency_key_invalid"},
        {{.body = payment_body, .idempotency = "a b"}, 400, "idempotency_key_invalid"},
        {{.body = payment_body, .idempotency = "\xe3\x81\x82"}, 400, "idempotency_key_invalid"},
        {{.target = "/v1/wallets", .body = "{}", .key = "op", .idempotency = long_key}, 400, "idempotency_key_invalid"},
        {{.body = payment_body, .idempotency = "k", .content_type = "text/plain"}, 415, "unsupported_media_type"},
        {{.body = payment_body, .idempotency = "k", .content_type = ""}, 415, "unsupported_media_type"},
        {{.body = payment_body, .idempotency = "k", .content_type = "application/jsonp"},
         415,
         "unsupported_media_type"},
        {{.body = payment_body, .key = "xx", .idempotency = "k"}, 401, "unauthenticated"},
        {{.body = payment_body, .key = "op", .idempotency = "k"}, 403, "forbidden"},
        {{.body = "", .idempotency = "k"}, 400, "malformed_request", ""},
        {{.body = "{", .idempotency = "k"}, 400, "malformed_request", ""},
        {{.body = R"({"amount":1.5})", .idempotency = "k"}, 400, "malformed_request", "/amount"},
        {{.body = R"({"amount":"1"})", .idempotency = "k"}, 400, "malformed_request", "/amount"},
        {{.body = R"({"amount":0})", .idempotency = "k"}, 400, "amount_out_of_range", "/amount"},
        {{.body = R"({"amount":100000001})", .idempotency = "k"}, 400, "amount_out_of_range", "/amount"},
        {{.body = R"({"amount":1})", .idempotency = "k"}, 400, "malformed_request", "/credential"},
        {{.body = R"({"amount":1,"program":"42021"})", .idempotency = "k"}, 400, "invalid_value", "/program"},
        {{.body = R"({"amount":1,"credential":{"type":"card","value":"x"}})", .idempotency = "k"},
         400,
         "invalid_value",
         "/credential/type"},
        {{.body = R"({"amount":1,"credential":{"type":"code","value":""}})", .idempotency = "k"},
         400,
         "invalid_value",
         "/credential/value"},
        {{.body = long_credential, .idempotency = "k"}, 400, "invalid_value", "/credential/value"},
        {{.body = R"({"amount":1,"credential":{"type":"code","value":"x","pin":"1"}})", .idempotency = "k"},
         400,
         "malformed_request",
         "/credential/pin"},
        {{.body = R"({"amount":1,"credential":{"type":"code","value":"x"},"reference":""})", .idempotency = "k"},
         400,
         "invalid_value",
         "/reference"},
        {{.body = long_reference, .idempotency = "k"}, 400, "invalid_value", "/reference"},
        {{.body = R"({"amount":1,"credential":{"type":"code","value":"x"},"capture":1})", .idempotency = "k"},
         400,
         "malformed_request",
         "/capture"},
        {{.body = R"({"amount":1,"credential":{"type":"code","value":"x"},"note":1})", .idempotency = "k"},
         400,
         "malformed_request",
         "/note"},
        {{.body = R"({"amount":1,"credential":{"type":"code","value":"x"},"capture":false})", .idempotency = "k"},
         422,
         "capture_unsupported",
         "/capture"},
        {{.method = "GET", .target = "/v1/authorizations/au_x"}, 404, "not_found"},
        {{.method = "GET", .target = "/v1/authorizations"}, 400, "invalid_parameter"},
        {{.target = "/v1/programs", .body = R"({"code":"042022","name":"A","expiry_days":1})", .key = "op"},
         400,
         "invalid_local_gov_code",
         "/code"},
        {{.target = "/v1/programs", .body = R"({"code":"042021","name":"A","expiry_days":3651})", .key = "op"},
         400,
         "invalid_value",
         "/expiry_days"},
        {{.target = "/v1/programs", .body = R"({"code":"432148","name":"A","expiry_days":1})", .key = "mu"},
         403,
         "forbidden"},
        {{.target = "/v1/merchants", .body = R"({"name":"A","programs":["042021","432148"]})", .key = "mu"},
         403,
         "forbidden"},
        {{.target = "/v1/merchants/x/shops", .body = R"({"name":"A"})", .key = "op"}, 404, "not_found"},
        {{.target = "/v1/municipalities/042022/staff", .body = R"({"name":"A"})", .key = "op"},
         400,
         "invalid_local_gov_code"},
        {{.target = "/v1/municipalities/4202/staff", .body = R"({"name":"A"})", .key = "op"}, 404, "not_found"},
        {{.target = staff_elsewhere, .body = R"({"name":"A"})", .key = "mu"}, 403, "forbidden"},
        {{.target = "/v1/operators", .body = R"({"name":"A"})", .key = "mu"}, 403, "forbidden"},
        {{.target = "/v1/wallets", .body = R"({"name":"A"})", .key = "op"}, 400, "malformed_request", "/name"},
        {{.target = "/v1/wallets/x/codes", .body = R"({"kind":"card"})", .key = "op"}, 404, "not_found"},
        {{.target = "/v1/grants", .body = good_grant, .key = "op"}, 400, "idempotency_key_missing"},
        {{.target = "/v1/grants", .body = grant_to_nobody, .key = "op", .idempotency = "k"},
         422,
         "wallet_unknown",
         "/wallet"},
        {{.target = "/v1/grants", .body = grant_of_nothing, .key = "op", .idempotency = "k"},
         400,
         "invalid_value",
         "/source"},
        {{.target = "/v1/grants", .body = grant_late, .key = "op", .idempotency = "k"},
         400,
         "invalid_value",
         "/expires_on"},
        {{.target = "/v1/grants", .body = grant_elsewhere, .key = "mu", .idempotency = "k"}, 403, "forbidden"},
        {{.target = freeze_unknown, .body = R"({"reason":"r"})", .key = "op"}, 404, "not_found"},
        {{.target = "/v1/programs/042022/freeze", .body = R"({"reason":"r"})", .key = "op"}, 404, "not_found"},
        {{.target = "/v1/programs/432148/freeze", .body = R"({"reason":"r"})", .key = "mu"}, 403, "forbidden"},
        {{.target = "/v1/programs/042021/freeze", .body = R"({"reason":""})", .key = "op"},
         400,
         "invalid_value",
         "/reason"},
        {{.target = "/v1/programs/042021/freeze", .body = "{}", .key = "op"}, 400, "malformed_request", "/reason"},
        {{.method = "GET", .target = bad_page, .key = "op"}, 400, "invalid_parameter"},
        {{.method = "GET", .target = "/v1/nowhere"}, 404, "not_found"},
        {{.method = "GET", .target = "/"}, 404, "not_found"},
        {{.method = "GET", .target = "/v1/grants"}, 405, "method_not_allowed"},
        {{.method = "DELETE", .target = "/v1/authorizations"}, 405, "method_not_allowed"},
    };
    for (const auto& one : rows) {
        api_scene scene;
        const auto answer = scene.answer(one.asked);
        const std::string where =
            std::string{one.asked.method} + ' ' + std::string{one.asked.target} + ' ' + answer.body;
        EXPECT_EQ(answer.status, one.status) << where;
        EXPECT_EQ(member(answer.body, "code"), one.code) << where;
        EXPECT_EQ(member(answer.body, "pointer"), one.pointer) << where;
        EXPECT_EQ(answer.allow.empty(), one.status != 405) << where;
        expect_contract(one.asked, answer);
    }
}

TEST(api, names_the_parameter_that_is_wrong) {
    api_scene scene;
    const auto answer = scene.answer({.method = "GET", .target = "/v1/authorizations?reference=a&after=x"});
    EXPECT_EQ(member(answer.body, "parameter"), "after");
}

TEST(api, tells_how_an_operation_ended) {
    struct row {
        actors::ending end;
        int status;
        std::string_view code;
    };
    const row rows[] = {
        {actors::ending::refused, 400, "program_required"},
        {actors::ending::key_reused, 422, "idempotency_key_reused"},
        {actors::ending::outcome_unknown, 503, "outcome_unknown"},
        {actors::ending::read_failed, 503, "read_failed"},
        {actors::ending::lost, 503, "outcome_unknown"},
    };
    for (const auto& one : rows) {
        api_scene scene;
        const auto op = scene.operation(payment);
        op->refusal = ledger::refusal::program_required;
        const auto answer = scene.end(op, one.end);
        EXPECT_EQ(answer.status, one.status);
        EXPECT_EQ(member(answer.body, "code"), one.code);
        expect_contract(payment, answer);
    }
}

TEST(api, takes_json_with_parameters) {
    for (const char* const type :
         {"application/json; charset=utf-8", "application/json;charset=utf-8", "Application/JSON"}) {
        api_scene scene;
        static_cast<void>(scene.operation({.body = payment_body, .idempotency = "k", .content_type = type}));
    }
}

TEST(api, tells_the_front_ends_refusals) {
    api_scene scene;
    const auto answer = scene.api.refusal(413, "body_too_large", "The body is larger than the limit.", 77);
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(member(answer.body, "code"), "body_too_large");
    expect_contract(payment, answer);
}

// --- phases and admission ---

TEST(api, serves_only_while_the_service_does) {
    struct row {
        service_phase phase;
        std::string_view code;
        bool retry_after;
    };
    const row rows[] = {{service_phase::starting, "not_ready", true},
                        {service_phase::draining, "not_ready", true},
                        {service_phase::stopped, "ledger_stopped", false}};
    for (const auto& one : rows) {
        api_scene scene;
        scene.service.phase = one.phase;
        for (const asking& asked : {payment, asking{.method = "GET", .target = "/v1/ledger/trial_balance", .key = "op"},
                                    asking{.method = "GET", .target = "/v1/nowhere", .key = ""}}) {
            const auto answer = scene.answer(asked);
            EXPECT_EQ(answer.status, 503);
            EXPECT_EQ(member(answer.body, "code"), one.code);
            EXPECT_EQ(answer.retry_after_s > 0, one.retry_after);
            expect_contract(asked, answer);
        }
        EXPECT_EQ(scene.answer({.method = "GET", .target = "/openapi.yaml", .key = ""}).status, 200);
        EXPECT_EQ(scene.answer({.method = "GET", .target = "/v1x", .key = ""}).status, 404);
    }
}

TEST(api, admits_a_bounded_number) {
    api_scene scene;
    for (std::uint32_t i = 0; i < scene.operations_max; ++i) scene.ask(payment);
    ASSERT_EQ(scene.operations.taken.size(), scene.operations_max);
    EXPECT_EQ(scene.api.probes().in_flight.value(), scene.operations_max);
    scene.ask(payment);
    ASSERT_EQ(scene.answers.given.size(), 1U);
    const auto refused = std::move(scene.answers.given.front());
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(member(refused.body, "code"), "overloaded");
    EXPECT_EQ(refused.retry_after_s, 1);

    static_cast<void>(scene.decide(scene.operations.taken.front(), test::sample_payment()));
    scene.answers.given.clear();
    scene.ask(payment);
    EXPECT_TRUE(scene.answers.given.empty());
    EXPECT_EQ(scene.operations.taken.size(), scene.operations_max + 1U);
}

TEST(api, sheds_while_the_checkpointer_lags) {
    api_scene scene;
    scene.service.shedding = true;
    EXPECT_EQ(member(scene.answer(payment).body, "code"), "overloaded");
    scene.service.shedding = false;
    static_cast<void>(scene.operation(payment));
}

// --- reads ---

ledger::entry entry_of(ledger::fact what) {
    ledger::entry one;
    one.decided_at = ledger::instant{1'780'000'000'000};
    one.wallet = ledger::wallet_id{3};
    one.what = std::move(what);
    return one;
}

std::string authorization_path(std::uint64_t position) {
    return "/v1/authorizations/" + test::scene_keys().encode_id(storage::id_kind::authorization, position).str();
}

TEST(api, shows_a_merchant_its_own_authorizations) {
    api_scene scene;
    auto foreign = test::sample_payment();
    foreign.merchant = ledger::merchant_id{8};
    const auto own = scene.ledger.add(entry_of(test::sample_payment()));
    const auto other = scene.ledger.add(entry_of(foreign));
    const auto no_payment = scene.ledger.add(entry_of(ledger::wallet_opened{ledger::wallet_id{3}}));
    for (const std::string_view key : {"te", "sh"}) {
        const std::string path = authorization_path(own);
        const auto answer = scene.answer({.method = "GET", .target = path, .key = key});
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(member(answer.body, "id"), path.substr(path.rfind('/') + 1));
        expect_contract({.method = "GET", .target = path}, answer);
    }
    for (const auto position : {other, no_payment, std::uint64_t{99}}) {
        const std::string path = authorization_path(position);
        EXPECT_EQ(scene.answer({.method = "GET", .target = path}).status, 404) << position;
    }
    scene.ledger.broken = true;
    const std::string path = authorization_path(own);
    EXPECT_EQ(member(scene.answer({.method = "GET", .target = path}).body, "code"), "read_failed");
}

// The values of `name` in a list's data, and its next page's cursor.
std::vector<std::string> in_data(const std::string& body, std::string_view name) {
    std::vector<std::string> values;
    const std::string data = member(body, "data");
    for (std::size_t begin = 0, depth = 0, i = 0; i < data.size(); ++i) {
        if (data[i] == '{' && depth++ == 0) begin = i;
        if (data[i] == '}' && --depth == 0) values.push_back(member(data.substr(begin, i - begin + 1), name));
    }
    return values;
}

TEST(api, finds_authorizations_by_reference_in_pages) {
    api_scene scene;
    auto other_reference = test::sample_payment();
    other_reference.reference = "R-2";
    for (int i = 0; i < 5; ++i) {
        scene.ledger.add(entry_of(test::sample_payment()));
        scene.ledger.add(entry_of(other_reference));
    }
    std::vector<std::string> found;
    std::string target = "/v1/authorizations?limit=2&reference=R-000123";
    for (int pages = 1;; ++pages) {
        const auto answer = scene.answer({.method = "GET", .target = target});
        ASSERT_EQ(answer.status, 200) << answer.body;
        expect_contract({.method = "GET", .target = target}, answer);
        for (const auto& id : in_data(answer.body, "id")) found.push_back(id);
        const auto next = member(answer.body, "next");
        if (next == "null") {
            EXPECT_EQ(pages, 3);
            break;
        }
        target = "/v1/authorizations?limit=2&reference=R-000123&after=" + next;
    }
    ASSERT_EQ(found.size(), 5U);
    for (std::size_t i = 0; i < found.size(); ++i)
        EXPECT_EQ(found[i], test::scene_keys().encode_id(storage::id_kind::authorization, 9 - 2 * i).view());
    const auto none = scene.answer({.method = "GET", .target = "/v1/authorizations?reference=R-3"});
    EXPECT_EQ(none.body, R"({"data":[],"next":null})");
}

TEST(api, walks_a_wallets_entries_back_in_pages) {
    api_scene scene;
    const ledger::wallet_id wallet{3};
    scene.ledger.add(entry_of(ledger::wallet_opened{wallet}));
    auto of_another = entry_of(ledger::wallet_opened{ledger::wallet_id{4}});
    of_another.wallet = ledger::wallet_id{4};
    const auto foreign = scene.ledger.add(of_another);
    scene.ledger.add(entry_of(ledger::points_granted{wallet, test::sample_lot("042021", 5000)}));
    scene.ledger.add(entry_of(ledger::points_granted{wallet, test::sample_lot("432148", 10)}));
    const auto last = scene.ledger.add(entry_of(test::sample_payment()));

    const std::string base = "/v1/wallets/" + test::wallet_id(3) + "/entries";
    const auto page_of = [&](const std::string& target, std::string_view key) {
        const auto op = scene.operation({.method = "GET", .target = target, .key = key});
        op->record.previous_of_wallet = last; // as the barrier brings it
        auto answer = scene.end(op, actors::ending::read);
        EXPECT_EQ(answer.status, 200) << answer.body;
        expect_contract({.method = "GET", .target = target}, answer);
        return answer.body;
    };
    EXPECT_EQ(in_data(page_of(base, "op"), "type"), (std::vector<std::string>{"payment", "grant", "grant", "opening"}));
    EXPECT_EQ(in_data(page_of(base, "mu"), "type"), (std::vector<std::string>{"payment", "grant"}));

    const auto first = page_of(base + "?limit=3", "op");
    EXPECT_EQ(in_data(first, "type"), (std::vector<std::string>{"payment", "grant", "grant"}));
    const auto second = page_of(base + "?limit=3&after=" + member(first, "next"), "op");
    EXPECT_EQ(in_data(second, "type"), (std::vector<std::string>{"opening"}));
    EXPECT_EQ(member(second, "next"), "null");

    const std::string elsewhere =
        base + "?after=" + test::scene_keys().encode_id(storage::id_kind::cursor, foreign).str();
    const auto refused =
        scene.end(scene.operation({.method = "GET", .target = elsewhere, .key = "op"}), actors::ending::read);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(member(refused.body, "parameter"), "after");
}

TEST(api, shows_a_wallets_balances) {
    api_scene scene;
    const std::string target = "/v1/wallets/" + test::wallet_id(3) + "/balances";
    const auto op = scene.operation({.method = "GET", .target = target, .key = "op"});
    EXPECT_EQ(std::get<actors::read_wallet>(op->asked).wallet, ledger::wallet_id{3});
    const auto lot = test::sample_lot("042021", 3800);
    op->wallet_seen.emplace();
    op->wallet_seen->lots = {{lot.lot, lot.amount, {}}};
    const auto answer = scene.end(op, actors::ending::read);
    EXPECT_EQ(answer.body, R"({"data":[{"program":"042021","available":3800,"held":0,"lots":[{"amount":3800,"held":0,)"
                           R"("expires_on":"2027-03-31","source":"budget:042021:health"}]}]})");
    expect_contract({.method = "GET", .target = target}, answer);

    const auto unknown = scene.operation({.method = "GET", .target = target, .key = "op"});
    unknown->refusal = ledger::refusal::wallet_unknown;
    EXPECT_EQ(scene.end(unknown, actors::ending::refused).status, 404);
}

TEST(api, shows_a_merchants_balances_to_those_whose_program_it_accepts) {
    const std::string target = "/v1/merchants/" + test::merchant_id(7) + "/balances";
    const auto points = [](std::int64_t value) { return *ledger::points::from(value); };
    ledger::merchant seen;
    seen.totals = {{program("042021"), points(1), points(1200), points(200)},
                   {program("432148"), {}, points(5), points(9)}};
    const auto shown = [&](std::string_view key, std::vector<ledger::program_code> accepts) {
        api_scene scene;
        const auto op = scene.operation({.method = "GET", .target = target, .key = key});
        op->merchant_seen = seen;
        op->merchant_seen->terms = std::make_shared<ledger::merchant_terms>(
            ledger::merchant_terms{1, ledger::merchant_id{7}, false, std::move(accepts), {}});
        auto answer = scene.end(op, actors::ending::read);
        expect_contract({.method = "GET", .target = target}, answer);
        return answer.body;
    };
    const std::string first = R"({"program":"042021","pending":1,"captured":1200,"refunded":200,"payable":1000})";
    const std::string second = R"({"program":"432148","pending":0,"captured":5,"refunded":9,"payable":-4})";
    EXPECT_EQ(shown("op", {}), R"({"data":[)" + first + "," + second + "]}");
    EXPECT_EQ(shown("mu", {program("042021")}), R"({"data":[)" + first + "]}");
    EXPECT_EQ(member(shown("mu", {program("432148")}), "code"), "not_found");
}

TEST(api, shows_the_trial_balance_by_program) {
    api_scene scene;
    for (const std::string_view of_program : {"042021", "432148"})
        ledger::apply(scene.ledger.shown,
                      entry_of(ledger::points_granted{ledger::wallet_id{3}, test::sample_lot(of_program, 5000)}));
    ledger::apply(scene.ledger.shown, entry_of(test::sample_payment()));
    const asking asked{.method = "GET", .target = "/v1/ledger/trial_balance", .key = "op"};
    const auto all = scene.answer(asked);
    expect_contract(asked, all);
    const std::string first = R"({"program":"042021","accounts":[{"name":"funding:budget","debits":5000,"credits":0},)"
                              R"({"name":"wallets:available","debits":1200,"credits":5000},)"
                              R"({"name":"merchants:payable","debits":0,"credits":1200}]})";
    const std::string second = R"({"program":"432148","accounts":[{"name":"funding:budget","debits":5000,"credits":0},)"
                               R"({"name":"wallets:available","debits":0,"credits":5000}]})";
    EXPECT_EQ(all.body, R"({"balanced":true,"data":[)" + first + "," + second + "]}");
    const auto own = scene.answer({.method = "GET", .target = "/v1/ledger/trial_balance", .key = "mu"});
    EXPECT_EQ(own.body, R"({"balanced":true,"data":[)" + first + "]}");

    scene.ledger.shown.of(program("042021")).sums[0].debits = *ledger::points::from(1);
    EXPECT_EQ(member(scene.answer(asked).body, "balanced"), "false");
}

} // namespace
} // namespace meguri::net
