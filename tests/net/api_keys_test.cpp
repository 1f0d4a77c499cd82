// Keys, scopes and the audit log as the API takes and shows them: who may give out what, and what is shown to whom.
#include "net/request_id.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace meguri::net {
namespace {

using ledger::scope;
using ledger::scope_set;
using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;
using kind = ledger::caller_kind;

std::string holder_path(std::string_view where, storage::id_kind of, std::uint64_t id,
                        std::string_view rest = "/keys") {
    return "/v1/" + std::string{where} + '/' + test::scene_keys().encode_id(of, id).str() + std::string{rest};
}
std::string operator_path(std::string_view rest = "/keys") {
    return holder_path("operators", storage::id_kind::operator_, 1, rest);
}
const ledger::outlet_id till{ledger::merchant_id{7}, 1};
std::string till_path(std::string_view rest = "/keys") {
    return holder_path("terminals", storage::id_kind::terminal, till.value(), rest);
}

ledger::key_chain two_keys() {
    return *ledger::with_new_key({}, scope_set{scope::payments} | scope_set{scope::refunds}, 60,
                                 ledger::instant{1'775'012'645'678});
}

// A scene whose "op" has these scopes.
struct scoped_scene : api_scene {
    explicit scoped_scene(scope_set scopes) { ledger.bearers[key_of("op")].scopes = scopes; }
    std::string code_of(const std::string& target, std::string_view body) {
        ask({.target = target, .body = body, .key = "op"});
        return answers.given.empty() ? std::string{} : member(answers.given.back().body, "code");
    }
};

TEST(api, reads_what_is_asked_of_keys) {
    api_scene scene;
    const auto command_of = [&](const std::string& target, std::string_view body, std::string_view key = "op") {
        return *scene.operation({.target = target, .body = body, .key = key})->command();
    };
    const auto plain = std::get<ledger::issue_key>(command_of(operator_path(), "{}"));
    EXPECT_EQ(plain.holder, (ledger::key_holder{kind::operator_, 1}));
    EXPECT_TRUE(plain.scopes.is_unrestricted());
    EXPECT_EQ(plain.overlap_s, std::nullopt);
    const auto whole = std::get<ledger::issue_key>(
        command_of(till_path(), R"({"scopes": ["refunds", "payments"], "overlap_seconds": 0})", "mu"));
    EXPECT_EQ(whole.holder, (ledger::key_holder{kind::terminal, till.value()}));
    EXPECT_EQ(whole.scopes, scope_set{scope::payments} | scope_set{scope::refunds});
    EXPECT_EQ(whole.overlap_s, 0);
    const auto revoke = std::get<ledger::revoke_key>(command_of(operator_path("/keys/4294967295/revoke"), "{}"));
    EXPECT_EQ(revoke.number, 4'294'967'295u);
    EXPECT_EQ(revoke.reason, "");
    EXPECT_EQ(std::get<ledger::revoke_key>(command_of(till_path("/keys/1/revoke"), R"({"reason": "紛失"})")).reason,
              "紛失");
    const auto read = scene.operation({.method = "GET", .target = operator_path(), .key = "op"});
    EXPECT_EQ(std::get<actors::read_holder>(read->asked).holder, plain.holder);
}

TEST(api, refuses_what_is_no_key) {
    api_scene scene;
    struct row {
        std::string target;
        std::string_view body;
        std::string_view code;
        std::string_view pointer;
    };
    const row rows[] = {
        {operator_path(), R"({"scopes": []})", "invalid_value", "/scopes"},
        {operator_path(), R"({"scopes": ["audit", "everything"]})", "invalid_value", "/scopes/1"},
        {operator_path(), R"({"scopes": ["audit", 7]})", "malformed_request", "/scopes/1"},
        {operator_path(), R"({"scopes": ["audit", "audit"]})", "invalid_value", "/scopes"},
        {operator_path(), R"({"scopes": "audit"})", "malformed_request", "/scopes"},
        {operator_path(), R"({"overlap_seconds": -1})", "invalid_value", "/overlap_seconds"},
        {operator_path(), R"({"overlap_seconds": 31622401})", "invalid_value", "/overlap_seconds"},
        {operator_path(), R"({"overlap": 1})", "malformed_request", "/overlap"},
        {"/v1/operators/opr_nobody/keys", "{}", "not_found", ""},
        {holder_path("operators", storage::id_kind::staff, 1), "{}", "not_found", ""},
        {operator_path("/keys/0/revoke"), "{}", "not_found", ""},
        {operator_path("/keys/01/revoke"), "{}", "not_found", ""},
        {operator_path("/keys/-1/revoke"), "{}", "not_found", ""},
        {operator_path("/keys/1x/revoke"), "{}", "not_found", ""},
        {operator_path("/keys/4294967296/revoke"), "{}", "not_found", ""},
        {operator_path("/keys/1/revoke"), R"({"reason": ""})", "invalid_value", "/reason"},
        {operator_path("/keys/1/revoke"), R"({"why": "x"})", "malformed_request", "/why"},
    };
    for (const auto& one : rows) {
        const asking asked{.target = one.target, .body = one.body, .key = "op"};
        const auto answer = scene.answer(asked);
        EXPECT_EQ(member(answer.body, "code"), one.code) << one.target << one.body;
        EXPECT_EQ(member(answer.body, "pointer"), one.pointer) << one.target << one.body;
        expect_contract(asked, answer);
    }
}

TEST(api, shows_a_new_key_and_a_revoked_one) {
    api_scene scene;
    const std::string issue = till_path();
    const asking issuing{.target = issue, .body = "{}", .key = "op"};
    const auto issued = scene.decide(scene.operation(issuing),
                                     ledger::key_issued{{kind::terminal, till.value()}, {}, {1, 2}, two_keys()});
    EXPECT_EQ(issued.status, 201);
    expect_contract(issuing, issued);
    EXPECT_EQ(member(issued.body, "number"), "2");
    EXPECT_EQ(member(issued.body, "key"), test::scene_keys().bearer_key(kind::terminal, till.value(), {}, 1).reveal());
    EXPECT_NE(issued.body.find(R"("scopes":["payments","refunds"],"created_at")"), std::string::npos) << issued.body;
    const std::string revocation = till_path("/keys/1/revoke");
    const asking revoking{.target = revocation, .body = "{}", .key = "op"};
    const auto revoked = scene.decide(
        scene.operation(revoking),
        ledger::key_revoked{{kind::terminal, till.value()}, 1, ledger::with_revoked_key(two_keys(), 1), "紛失"});
    EXPECT_EQ(revoked.status, 200);
    expect_contract(revoking, revoked);
    EXPECT_NE(revoked.body.find(R"("keys":[{"number":1,"state":"revoked")"), std::string::npos) << revoked.body;
    EXPECT_EQ(revoked.body.find("te_"), std::string::npos);
}

TEST(api, a_changed_key_is_looked_up_anew_before_its_answer_leaves) {
    api_scene scene;
    const auto before = scene.service.keys_version.load();
    const std::string revocation = till_path("/keys/1/revoke");
    const asking revoking{.target = revocation, .body = "{}", .key = "op"};
    scene.end(scene.operation(revoking), actors::ending::refused);
    EXPECT_EQ(scene.service.keys_version.load(), before);
    scene.decide(scene.operation(revoking),
                 ledger::key_revoked{{kind::terminal, till.value()}, 1, ledger::with_revoked_key({}, 1), ""});
    EXPECT_EQ(scene.service.keys_version.load(), before + 1);
    const std::string issue = till_path();
    const asking issuing{.target = issue, .body = "{}", .key = "op"};
    scene.decide(scene.operation(issuing), ledger::key_issued{{kind::terminal, till.value()}, {}, {1, 2}, two_keys()});
    EXPECT_EQ(scene.service.keys_version.load(), before + 2) << "older keys may end by it";
}

TEST(api, lists_keys_to_whom_they_concern) {
    api_scene scene;
    const ledger::key_holder holder{kind::municipality, 2};
    const std::string target = holder_path("staff", storage::id_kind::staff, 2);
    scene.ledger.keys[holder] = two_keys();
    const auto listed = [&](std::string_view key, std::optional<ledger::party> party) {
        const auto op = scene.operation({.method = "GET", .target = target, .key = key});
        op->party_seen = std::move(party);
        auto answer = scene.end(op, actors::ending::read);
        expect_contract({.method = "GET", .target = target}, answer);
        return answer;
    };
    const ledger::party there{kind::municipality, 2, test::program(test::ishinomaki), "係"};
    EXPECT_EQ(listed("op", there).status, 200);
    EXPECT_EQ(listed("mu", there).status, 200);
    EXPECT_EQ(listed("aso", there).status, 404);
    EXPECT_EQ(listed("op", std::nullopt).status, 404);
    const auto body = listed("op", there).body;
    EXPECT_NE(body.find(R"({"number":2,"state":"active","scopes":["payments","refunds"],)"), std::string::npos) << body;
    EXPECT_NE(body.find(R"({"number":1,"state":"ended","scopes":null,"created_at":null,)"), std::string::npos) << body;
    scene.ledger.broken = true;
    EXPECT_EQ(listed("op", there).status, 503);
}

TEST(api, lists_an_outlets_keys_to_its_merchants_municipalities) {
    api_scene scene;
    const auto listed = [&](std::string_view key, const std::string& target) {
        const auto op = scene.operation({.method = "GET", .target = target, .key = key});
        ledger::merchant_terms terms{1, till.merchant(), false, {test::program(test::ishinomaki)}, {}};
        terms.outlets.push_back({ledger::outlet_kind::terminal, till, "レジ"});
        op->merchant_seen.emplace().terms = std::make_shared<const ledger::merchant_terms>(terms);
        return scene.end(op, actors::ending::read).status;
    };
    EXPECT_EQ(listed("op", till_path()), 200);
    EXPECT_EQ(listed("mu", till_path()), 200);
    EXPECT_EQ(listed("aso", till_path()), 404);
    EXPECT_EQ(listed("op", holder_path("shops", storage::id_kind::shop, till.value())), 404);
    EXPECT_EQ(listed("op", holder_path("terminals", storage::id_kind::terminal, till.value() + 1)), 404);
}

// --- scopes ---

TEST(scopes, a_key_gives_out_no_more_than_it_has) {
    const auto keys = scope_set{scope::keys};
    const auto of_a_till = scope_set{scope::payments} | scope_set{scope::payments_read} | scope_set{scope::refunds};
    EXPECT_EQ(scoped_scene{keys}.code_of(till_path(), R"({"scopes": ["payments"]})"), "scope_missing");
    EXPECT_EQ(scoped_scene{keys}.code_of(till_path(), "{}"), "scope_missing") << "it would open all";
    EXPECT_EQ(scoped_scene{keys}.code_of(operator_path(), "{}"), "scope_missing");
    EXPECT_EQ(scoped_scene{keys}.code_of(operator_path(), R"({"scopes": ["keys", "audit"]})"), "scope_missing");
    EXPECT_EQ(scoped_scene{keys}.code_of(operator_path(), R"({"scopes": ["keys"]})"), "");
    EXPECT_EQ(scoped_scene{keys | scope_set{scope::payments}}.code_of(till_path(), R"({"scopes": ["payments"]})"), "");
    EXPECT_EQ(scoped_scene{keys | of_a_till}.code_of(till_path(), "{}"), "");
    EXPECT_EQ(scoped_scene{keys}.code_of(operator_path("/keys/1/revoke"), "{}"), "") << "it takes away";
}

// Or one person could propose a correction and approve it as another.
TEST(scopes, a_key_with_scopes_gives_out_no_other_persons) {
    const auto given = scope_set{scope::keys} | scope_set{scope::corrections};
    const auto others = holder_path("operators", storage::id_kind::operator_, 2);
    const auto of_staff = holder_path("staff", storage::id_kind::staff, 2);
    for (const auto& target : {others, of_staff}) {
        EXPECT_EQ(scoped_scene{given}.code_of(target, R"({"scopes": ["corrections"]})"), "scope_missing") << target;
        EXPECT_EQ(scoped_scene{scope_set::unrestricted()}.code_of(target, R"({"scopes": ["corrections"]})"), "");
    }
    EXPECT_EQ(scoped_scene{given}.code_of(operator_path(), R"({"scopes": ["corrections"]})"), "");
}

// The first key of whoever is added has no scopes: nobody gets round their own by adding somebody.
TEST(scopes, who_adds_a_holder_has_all_that_its_key_opens) {
    const auto office = scope_set{scope::keys} | scope_set{scope::merchants};
    const auto of_a_till = scope_set{scope::payments} | scope_set{scope::payments_read} | scope_set{scope::refunds};
    const std::string terminals = "/v1/merchants/" + test::merchant_id(7) + "/terminals";
    const std::string shops = "/v1/merchants/" + test::merchant_id(7) + "/shops";
    const std::string_view body = R"({"name": "レジ"})";
    for (const auto& target : {terminals, shops}) {
        EXPECT_EQ(scoped_scene{scope_set{scope::merchants}}.code_of(target, body), "scope_missing");
        EXPECT_EQ(scoped_scene{office}.code_of(target, body), "scope_missing");
        EXPECT_EQ(scoped_scene{office | scope_set{scope::payments}}.code_of(target, body), "scope_missing");
        EXPECT_EQ(scoped_scene{scope_set{scope::merchants} | of_a_till}.code_of(target, body), "scope_missing");
        EXPECT_EQ(scoped_scene{office | of_a_till}.code_of(target, body), "");
    }
    EXPECT_EQ(scoped_scene{office | of_a_till}.code_of("/v1/operators", body), "scope_missing");
    EXPECT_EQ(scoped_scene{office | of_a_till}.code_of("/v1/municipalities/042021/staff", body), "scope_missing");
    scope_set all;
    for (std::size_t i = 0; i < ledger::scope_count; ++i) all = all | scope_set{static_cast<scope>(i)};
    EXPECT_EQ(scoped_scene{all}.code_of("/v1/operators", body), "");
}

TEST(scopes, what_is_lacking_is_named) {
    scoped_scene scene{scope_set{scope::merchants}};
    const asking asked{.target = "/v1/operators", .body = R"({"name": "鈴木"})", .key = "op"};
    const auto answer = scene.answer(asked);
    expect_contract(asked, answer);
    EXPECT_EQ(member(answer.body, "detail"), "The key lacks the scope keys.");
}

// --- the audit log ---

TEST(audit, acts_carry_the_key_and_the_request) {
    api_scene scene;
    scene.ledger.bearers[scene.key_of("op")].key_number = 3;
    const auto freeze = scene.operation(
        {.target = "/v1/wallets/" + test::wallet_id(3) + "/freeze", .body = R"({"reason": "紛失"})", .key = "op"});
    EXPECT_EQ(freeze->record.origin.key_number, 3u);
    EXPECT_EQ(freeze->record.origin.request_process, request_id_text::process());
    EXPECT_EQ(freeze->record.origin.request, freeze->ticket.request_id);
    const auto wallet = scene.operation({.target = "/v1/wallets", .body = "{}", .key = "op"});
    EXPECT_EQ(wallet->record.origin, ledger::act_origin{}) << "so that what is many stays small";
}

TEST(audit, tells_who_did_what_when_and_never_the_key) {
    api_scene scene;
    ledger::entry one;
    one.decided_at = ledger::instant{1'775'012'645'678};
    one.what = ledger::operator_added{ledger::operator_id{1}, "運営", {1, 1}};
    scene.ledger.add(one);
    one.caller = {kind::operator_, 1};
    one.person = 1;
    one.origin = {2, request_id_text::process(), 77};
    one.what = ledger::key_issued{{kind::terminal, till.value()}, {}, {1, 2}, two_keys()};
    scene.ledger.add(one);
    one.what = ledger::wallet_opened{ledger::wallet_id{9}};
    scene.ledger.add(one);
    one.caller = {kind::municipality, 42021};
    one.person = 2;
    one.origin = {};
    one.what = test::sample_correction(ledger::correction_kind::debit);
    scene.ledger.add(one);
    const asking asked{.method = "GET", .target = "/v1/audit", .key = "op"};
    const auto all = scene.answer(asked);
    expect_contract(asked, all);
    EXPECT_EQ(all.body.find("op_"), std::string::npos);
    EXPECT_EQ(all.body.find("te_"), std::string::npos);
    const auto at = [&](std::string_view text) { return all.body.find(text); };
    const auto person = test::scene_keys().encode_id(storage::id_kind::operator_, 1).str();
    EXPECT_LT(at(R"("type":"correction_proposal")"), at(R"("type":"key_issued")"));
    EXPECT_LT(at(R"("type":"key_issued")"), at(R"("type":"operator_added","by":null,"request_id":null)"));
    EXPECT_NE(at(R"("by":{"id":")" + person + R"(","municipality":null,"key_number":2},"request_id":")" +
                 std::string{request_id_text{77}.view()} + '"'),
              std::string::npos)
        << all.body;
    EXPECT_NE(at(R"("municipality":"042021","key_number":null},"request_id":null)"), std::string::npos) << all.body;
    EXPECT_NE(all.body.find(R"("next":null)"), std::string::npos);
}

TEST(audit, goes_on_from_page_to_page) {
    api_scene scene;
    ledger::entry one;
    one.decided_at = ledger::instant{1'775'012'645'678};
    for (std::uint64_t id = 1; id <= 5; ++id) {
        one.what = ledger::operator_added{ledger::operator_id{id}, "運営", {1, id}};
        scene.ledger.add(one);
        one.what = ledger::wallet_opened{ledger::wallet_id{id}};
        scene.ledger.add(one);
    }
    std::string target = "/v1/audit?limit=2";
    std::vector<std::size_t> sizes;
    for (int pages = 0; pages < 4; ++pages) {
        const auto page = scene.answer({.method = "GET", .target = target, .key = "op"});
        expect_contract({.method = "GET", .target = target}, page);
        std::size_t shown = 0;
        for (auto at = page.body.find("\"position\""); at != std::string::npos;
             at = page.body.find("\"position\"", at + 1))
            ++shown;
        sizes.push_back(shown);
        const auto next = member(page.body, "next");
        if (next.empty() || next == "null") break;
        target = "/v1/audit?limit=2&after=" + next;
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 2, 1}));
    EXPECT_EQ(scene.answer({.method = "GET", .target = "/v1/audit?limit=0", .key = "op"}).status, 400);
    EXPECT_EQ(scene.answer({.method = "GET", .target = "/v1/audit?after=x", .key = "op"}).status, 400);
    scene.ledger.broken = true;
    EXPECT_EQ(scene.answer({.method = "GET", .target = "/v1/audit", .key = "op"}).status, 503);
}

TEST(request_id_text, is_the_same_from_the_numbers_that_are_kept) {
    EXPECT_EQ(request_id_text(request_id_text::process(), 70'000).view(), request_id_text{70'000}.view());
    EXPECT_EQ((request_id_text{0, 0}.view()), "rq_000000000");
    EXPECT_EQ((request_id_text{33, 32}.view()), "rq_0000001110");
    EXPECT_NE((request_id_text{1, 5}.view()), (request_id_text{2, 5}.view()));
}

} // namespace
} // namespace meguri::net
