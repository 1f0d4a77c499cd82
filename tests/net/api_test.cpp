#include "net/api.hpp"

#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <set>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::authorization_path;
using test::expect_contract;
using test::member;
using test::program;

constexpr std::string_view payment_body =
    R"({"amount":1200,"program":"042021","credential":{"type":"code","value":"4B7K"},"capture":true,"reference":"R-000123"})";

constexpr asking payment{.body = payment_body, .idempotency = "k-1"};

std::string grant_body(std::string_view of_program = "042021", std::string_view rest = "") {
    return R"({"wallet":")" + test::wallet_id(3) + R"(","program":")" + std::string{of_program} +
           R"(","amount":5000,"source":"budget:042021:health")" + std::string{rest} + "}";
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

TEST(api, reads_limits_of_every_subject) {
    using subject = ledger::limit_subject;
    const std::string body =
        R"({"per_payment":100,"per_day":{"amount":500,"count":5},"per_hour":{"count":3},"reason":"r"})";
    struct row {
        std::string target;
        subject of;
        std::uint64_t id;
    };
    const auto id = [](storage::id_kind kind, std::uint64_t value) {
        return test::scene_keys().encode_id(kind, value).str();
    };
    const row rows[] = {
        {"/v1/wallets/" + test::wallet_id(3), subject::wallet, 3},
        {"/v1/programs/042021", subject::program, 42021},
        {"/v1/merchants/" + test::merchant_id(7), subject::merchant, 7},
        {"/v1/terminals/" + id(storage::id_kind::terminal, 9), subject::terminal, 9},
        {"/v1/shops/" + id(storage::id_kind::shop, 9), subject::shop, 9},
    };
    for (const auto& one : rows) {
        api_scene scene;
        const std::string target = one.target + "/limits";
        const asking asked{.target = target, .body = body, .key = "op"};
        const auto op = scene.operation(asked);
        const auto wanted = std::get<ledger::set_limits>(*op->command());
        EXPECT_EQ(wanted.subject, one.of);
        EXPECT_EQ(wanted.id, one.id);
        const auto points = [](std::int64_t value) { return *ledger::points::from(value); };
        EXPECT_EQ(wanted.limit, (ledger::limits{points(100), {points(500), 5}, {{}, 3}}));
        expect_contract(asked, scene.decide(op, ledger::limits_set{one.of, one.id, wanted.limit, "r"}));
        const auto none = scene.operation({.target = target, .body = R"({"reason":"r"})", .key = "op"});
        EXPECT_FALSE(std::get<ledger::set_limits>(*none->command()).limit.any());
    }
    const std::pair<std::string_view, std::string_view> wrong[] = {
        {R"({"per_payment":0,"reason":"r"})", "/per_payment"},
        {R"({"per_day":5,"reason":"r"})", "/per_day"},
        {R"({"per_day":{"count":0},"reason":"r"})", "/per_day/count"},
        {R"({"per_day":{"count":4294967296},"reason":"r"})", "/per_day/count"},
        {R"({"per_hour":{"amount":1,"points":1},"reason":"r"})", "/per_hour/points"},
        {R"({"per_payment":1})", "/reason"},
        {R"({"per_week":{},"reason":"r"})", "/per_week"},
    };
    for (const auto& [body_text, pointer] : wrong) {
        api_scene scene;
        const std::string target = rows[0].target + "/limits";
        const auto answer = scene.answer({.target = target, .body = body_text, .key = "op"});
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(member(answer.body, "pointer"), pointer);
    }
    api_scene scene;
    const asking elsewhere{.target = "/v1/programs/432148/limits", .body = body, .key = "mu"};
    EXPECT_EQ(member(scene.answer(elsewhere).body, "code"), "forbidden");
}

TEST(api, reads_what_a_merchant_sells) {
    const std::string target = "/v1/merchants/" + test::merchant_id(7) + "/categories";
    const auto body = [](const std::string& list) { return R"({"categories":)" + list + R"(,"reason":"r"})"; };
    for (const char* const key : {"op", "mu"}) {
        api_scene scene;
        const auto both = body(R"(["gifts","food"])");
        const asking asked{.target = target, .body = both, .key = key};
        const auto op = scene.operation(asked);
        const auto wanted = std::get<ledger::set_categories>(*op->command());
        EXPECT_EQ(wanted.merchant, ledger::merchant_id{7});
        EXPECT_EQ(wanted.categories.names(), (std::vector<std::string>{"food", "gifts"}));
        EXPECT_EQ(wanted.reason, "r");
        const auto answer =
            scene.decide(op, ledger::merchant_categories_set{wanted.merchant, wanted.categories, wanted.reason});
        expect_contract(asked, answer);
        EXPECT_EQ(answer.status, 200);
        const auto none = body("[]");
        EXPECT_TRUE(
            std::get<ledger::set_categories>(*scene.operation({.target = target, .body = none, .key = key})->command())
                .categories.empty());
    }
    const std::pair<std::string, std::string_view> wrong[] = {
        {body(R"(["food","food"])"), "/categories"},
        {body(R"(["Food"])"), "/categories"},
        {body(R"([""])"), "/categories"},
        {body(R"([")" + std::string(33, 'x') + "\"]"), "/categories"},
        {body(R"(["a","b","c","d","e","f","g","h","i"])"), "/categories"},
        {body("[1]"), "/categories/0"},
        {body(R"("food")"), "/categories"},
        {R"({"reason":"r"})", "/categories"},
        {R"({"categories":[]})", "/reason"},
        {R"({"categories":[],"reason":"r","more":1})", "/more"},
    };
    for (const auto& [text, pointer] : wrong) {
        api_scene scene;
        const auto answer = scene.answer({.target = target, .body = text, .key = "op"});
        EXPECT_EQ(answer.status, 400) << text;
        EXPECT_EQ(member(answer.body, "pointer"), pointer) << text;
    }
}

TEST(api, binds_terminals_to_certificates) {
    const std::string first = "8f43288ad272f3103b6fb1428485ea3014c0bcfe971c112e2bee10b8f01ecc31";
    const std::string second(64, '0');
    const ledger::outlet_id till{ledger::merchant_id{7}, 1};
    const std::string target = "/v1/terminals/" +
                               test::scene_keys().encode_id(storage::id_kind::terminal, till.value()).str() +
                               "/certificates";
    const auto list = [](const std::string& elements) {
        return R"({"certificates":[)" + elements + R"(],"reason":"r"})";
    };
    api_scene scene;
    const std::string both = list('"' + first + "\",\"" + second + '"');
    for (const char* const key : {"op", "mu"}) {
        const asking asked{.target = target, .body = both, .key = key};
        const auto op = scene.operation(asked);
        const auto wanted = std::get<ledger::set_certificates>(*op->command());
        EXPECT_EQ(wanted.terminal, till);
        ASSERT_EQ(wanted.certificates.size(), 2U);
        EXPECT_EQ(wanted.certificates[0].bytes[0], 0x8f);
        EXPECT_EQ(wanted.reason, "r");
        const auto before = scene.service.keys_version.load();
        const auto answer =
            scene.decide(op, ledger::terminal_certificates_changed{till, wanted.certificates, wanted.reason});
        expect_contract(asked, answer);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(scene.service.keys_version.load(), before + 1) << "known to every connection";
    }
    const auto none = list("");
    EXPECT_TRUE(
        std::get<ledger::set_certificates>(*scene.operation({.target = target, .body = none, .key = "op"})->command())
            .certificates.empty());

    const std::string quoted = '"' + first + '"';
    const auto third = list('"' + first + "\",\"" + second + "\",\"" + std::string(64, '1') + '"');
    const std::pair<std::string, std::string_view> wrong[] = {
        {list(quoted + ',' + quoted), "/certificates"},
        {list("\"x\""), "/certificates"},
        {list("1"), "/certificates/0"},
        {third, "/certificates"},
        {R"({"certificates":"x","reason":"r"})", "/certificates"},
        {R"({"reason":"r"})", "/certificates"},
        {R"({"certificates":[]})", "/reason"},
        {R"({"certificates":[],"reason":"r","terminal":"x"})", "/terminal"},
    };
    for (const auto& [body, pointer] : wrong) {
        const auto answer = scene.answer({.target = target, .body = body, .key = "op"});
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_EQ(member(answer.body, "pointer"), pointer) << body;
    }
    EXPECT_EQ(scene.answer({.target = target, .body = both, .key = "te"}).status, 403);
    EXPECT_EQ(scene.answer({.target = "/v1/terminals/ter_x/certificates", .body = both, .key = "op"}).status, 404);
}

TEST(api, shows_the_certificates_of_a_terminal) {
    const ledger::outlet_id till{ledger::merchant_id{7}, 1};
    const std::string id = test::scene_keys().encode_id(storage::id_kind::terminal, till.value()).str();
    const std::string target = "/v1/terminals/" + id + "/certificates";
    api_scene scene;
    const auto shown = [&](std::string_view key) {
        const asking asked{.method = "GET", .target = target, .key = key};
        const auto op = scene.operation(asked);
        EXPECT_EQ(std::get<actors::read_merchant>(op->asked).merchant, till.merchant());
        op->merchant_seen.emplace();
        ledger::merchant_terms terms;
        terms.id = till.merchant();
        terms.programs = {program("042021")};
        terms.outlets.push_back({ledger::outlet_kind::terminal, till, "レジ1"});
        op->merchant_seen->terms = std::make_shared<const ledger::merchant_terms>(terms);
        auto answer = scene.end(op, actors::ending::read);
        expect_contract(asked, answer);
        return answer;
    };
    EXPECT_EQ(shown("op").body, "{\"id\":\"" + id + R"(","certificates":[]})");
    scene.ledger.certificates[till.value()] = {ledger::certificate_digest{{0x8f}}};
    EXPECT_EQ(shown("mu").body, "{\"id\":\"" + id + R"(","certificates":["8f)" + std::string(62, '0') + "\"]}");
    EXPECT_EQ(shown("aso").status, 404) << "another municipality's merchant";
}

TEST(api, reads_every_step_of_a_payment) {
    api_scene scene;
    const auto command_of = [&](std::string_view target, std::string_view body) {
        return *scene.operation({.target = target, .body = body, .key = "sh", .idempotency = "k"})->command();
    };
    const std::string payment_41 = authorization_path(41);
    const auto all = std::get<ledger::capture_payment>(command_of(payment_41 + "/captures", "{}"));
    EXPECT_TRUE(all.payment == 41 && !all.amount);
    const auto part = std::get<ledger::capture_payment>(command_of(payment_41 + "/captures", R"({"amount":900})"));
    EXPECT_EQ(part.amount->value(), 900);
    EXPECT_EQ(std::get<ledger::void_payment>(command_of(payment_41 + "/voids", "{}")).payment, 41U);
    const auto refund = std::get<ledger::refund_payment>(command_of(payment_41 + "/refunds", R"({"amount":300})"));
    EXPECT_TRUE(refund.payment == 41 && refund.amount->value() == 300);
    EXPECT_FALSE(std::get<ledger::refund_payment>(command_of(payment_41 + "/refunds", "{}")).amount);
    EXPECT_EQ(std::get<ledger::reverse_attempt>(command_of("/v1/reversals", R"({"idempotency_key":"k-1"})")).key,
              "k-1");
    const auto hold =
        command_of("/v1/authorizations", R"({"amount":1,"credential":{"type":"code","value":"x"},"capture":false})");
    EXPECT_FALSE(std::get<ledger::authorize>(hold).capture);
    const auto program_opened =
        *scene
             .operation({.target = "/v1/programs",
                         .body = R"({"code":"042021","name":"A","expiry_days":1,"hold_days":30})",
                         .key = "op"})
             ->command();
    EXPECT_EQ(std::get<ledger::open_program>(program_opened).opened.hold_days, 30);
}

TEST(api, answers_every_step_by_contract) {
    using ledger::payment_status;
    using ledger::payment_step;
    struct row {
        std::string target;
        std::string_view body;
        ledger::fact what;
    };
    const std::string payment_41 = authorization_path(41);
    constexpr std::string_view lost = R"({"idempotency_key":"k-1"})";
    const row rows[] = {
        {payment_41 + "/captures", "{}", test::sample_step(payment_step::capture, payment_status::captured)},
        {payment_41 + "/voids", "{}", test::sample_step(payment_step::voiding, payment_status::voided)},
        {payment_41 + "/refunds", "{}", test::sample_step(payment_step::refund, payment_status::captured, 300)},
        {"/v1/reversals", lost, test::sample_step(payment_step::reversal, payment_status::reversed, 900)},
        {"/v1/reversals", lost, ledger::key_barred{ledger::merchant_id{7}, "k-1"}},
    };
    for (const auto& one : rows) {
        api_scene scene;
        const asking asked{.target = one.target, .body = one.body, .idempotency = "k"};
        const auto answer = scene.decide(scene.operation(asked), one.what);
        EXPECT_EQ(answer.status, 201) << answer.body;
        expect_contract(asked, answer);
        for (const auto why : {ledger::refusal::payment_unknown, ledger::refusal::terminal_inactive,
                               ledger::refusal::invalid_state, ledger::refusal::amount_exceeds_remaining}) {
            if (one.target == "/v1/reversals") break;
            const auto op = scene.operation(asked);
            op->refusal = why;
            expect_contract(asked, scene.end(op, actors::ending::refused));
        }
    }
}

// The entry under the key is the reversal's by then.
TEST(api, repeats_a_reversed_key_as_the_authorization) {
    api_scene scene;
    const auto op = scene.operation(payment);
    op->record.what = test::sample_step(ledger::payment_step::reversal, ledger::payment_status::reversed, 900);
    op->record.position = 50;
    const auto answer = scene.end(op, actors::ending::replayed);
    EXPECT_EQ(answer.status, 201);
    EXPECT_TRUE(answer.idempotent_replayed);
    EXPECT_EQ(member(answer.body, "status"), "reversed");
    EXPECT_EQ("/v1/authorizations/" + member(answer.body, "id"), authorization_path(41));
    expect_contract(payment, answer);
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
    EXPECT_EQ(scene.api.probes().replayed.value(), 1U);
    EXPECT_EQ(scene.api.probes().answers.value(), 2U);
}

// --- problems: one row per code that a resource or an ending can give ---

struct problem_row {
    asking asked;
    int status;
    std::string_view code;
    std::string_view pointer = {};
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
    const std::string at_no_instant = w + "/balances?at=yesterday";
    const std::string at_the_future = "/v1/merchants/" + test::merchant_id(7) + "/balances?at=2099-01-01T00:00:00Z";
    const std::string captures = authorization_path(41) + "/captures";
    const std::string voids = authorization_path(41) + "/voids";
    const std::string refunds = authorization_path(41) + "/refunds";
    const std::string reverses_long_key = R"({"idempotency_key":")" + long_key + "\"}";
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
        {{.body = R"({"amount":1,"credential":{"type":"tap","value":"x"}})", .idempotency = "k"},
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
        {{.target = captures, .body = "{}"}, 400, "idempotency_key_missing"},
        {{.target = captures, .body = "{}", .key = "op", .idempotency = "k"}, 403, "forbidden"},
        {{.target = captures, .body = R"({"amount":0})", .idempotency = "k"}, 400, "amount_out_of_range", "/amount"},
        {{.target = captures, .body = R"({"amount":null})", .idempotency = "k"}, 400, "malformed_request", "/amount"},
        {{.target = captures, .body = "", .idempotency = "k"}, 400, "malformed_request", ""},
        {{.target = refunds, .body = R"({"amount":1,"note":1})", .idempotency = "k"},
         400,
         "malformed_request",
         "/note"},
        {{.target = refunds, .body = "{}"}, 400, "idempotency_key_missing"},
        {{.target = voids, .body = R"({"amount":1})", .idempotency = "k"}, 400, "malformed_request", "/amount"},
        {{.target = voids, .body = "{}"}, 400, "idempotency_key_missing"},
        {{.target = "/v1/authorizations/au_x/captures", .body = "{}", .idempotency = "k"}, 404, "not_found"},
        {{.target = "/v1/authorizations/au_x/voids", .body = "{}", .idempotency = "k"}, 404, "not_found"},
        {{.target = "/v1/authorizations/au_x/refunds", .body = "{}", .idempotency = "k"}, 404, "not_found"},
        {{.target = "/v1/reversals", .body = R"({"idempotency_key":"k-1"})"}, 400, "idempotency_key_missing"},
        {{.target = "/v1/reversals", .body = "{}", .idempotency = "k"}, 400, "malformed_request", "/idempotency_key"},
        {{.target = "/v1/reversals", .body = R"({"idempotency_key":""})", .idempotency = "k"},
         400,
         "invalid_value",
         "/idempotency_key"},
        {{.target = "/v1/reversals", .body = R"({"idempotency_key":"a b"})", .idempotency = "k"},
         400,
         "invalid_value",
         "/idempotency_key"},
        {{.target = "/v1/reversals", .body = reverses_long_key, .idempotency = "k"},
         400,
         "invalid_value",
         "/idempotency_key"},
        {{.target = "/v1/programs",
          .body = R"({"code":"042021","name":"A","expiry_days":1,"hold_days":0})",
          .key = "op"},
         400,
         "invalid_value",
         "/hold_days"},
        {{.target = "/v1/programs",
          .body = R"({"code":"042021","name":"A","expiry_days":1,"hold_days":401})",
          .key = "op"},
         400,
         "invalid_value",
         "/hold_days"},
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
        {{.method = "GET", .target = at_no_instant, .key = "op"}, 400, "invalid_parameter"},
        {{.method = "GET", .target = at_the_future, .key = "op"}, 400, "invalid_parameter"},
        {{.method = "GET", .target = "/v1/ledger/trial_balance?at=2026-04-01", .key = "op"}, 400, "invalid_parameter"},
        {{.method = "GET", .target = "/v1/ledger/trial_balance?on=2026-04-01", .key = "op"}, 400, "invalid_parameter"},
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
    EXPECT_EQ(scene.operations.shed_payments, 1U);

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
    EXPECT_EQ(scene.operations.shed_payments, 1U);
    scene.service.shedding = false;
    static_cast<void>(scene.operation(payment));
    EXPECT_EQ(scene.operations.shed_payments, 1U);
}

} // namespace
} // namespace meguri::net
