// Corrections as the API takes and shows them: who may propose and decide, and what of them is shown to whom.
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace meguri::net {
namespace {

using ledger::correction_kind;
using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;
using test::program;

std::string correction_path(ledger::journal_position proposal, std::string_view verb) {
    return "/v1/corrections/" + test::scene_keys().encode_id(storage::id_kind::correction, proposal).str() + '/' +
           std::string{verb};
}

// A body with one member changed, added, or, where its text is empty, left out.
std::string proposal(std::string_view changed = {}, std::string_view text = {}) {
    const std::pair<std::string_view, std::string> members[] = {
        {"wallet", "\"" + test::wallet_id(3) + "\""},
        {"program", R"("042021")"},
        {"kind", R"("debit")"},
        {"amount", "300"},
        {"source", R"("budget:042021:health")"},
        {"reason", R"("二重付与")"},
    };
    std::string body;
    const auto add = [&body](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        body += (body.empty() ? "{\"" : ",\"") + std::string{name} + "\":" + std::string{value};
    };
    bool is_new = !changed.empty();
    for (const auto& [name, value] : members) {
        add(name, name == changed ? text : std::string_view{value});
        is_new = is_new && name != changed;
    }
    if (is_new) add(changed, text);
    return body + "}";
}

// A scene in which entry 1 proposed a correction in Ishinomaki's program, entry 2 one in Aso's.
struct corrections_scene : api_scene {
    corrections_scene() {
        ledger::entry one;
        one.decided_at = ledger::instant{1'775'012'645'678};
        one.wallet = ledger::wallet_id{3};
        one.caller = {ledger::caller_kind::municipality, 42021};
        one.person = 2;
        const auto debit = test::sample_correction(correction_kind::debit);
        one.what = debit;
        ledger.add(one);
        auto in_aso = *test::sample_correction(correction_kind::credit).what;
        in_aso.program = program("432148");
        one.what =
            ledger::correction_proposed{one.wallet, std::make_shared<const ledger::correction>(std::move(in_aso))};
        ledger.add(one);
        one.what = ledger::wallet_opened{one.wallet};
        ledger.add(one);
    }
};

TEST(api, reads_corrections) {
    corrections_scene scene;
    const auto command_of = [&](const std::string& target, const std::string& body) {
        return *scene.operation({.target = target, .body = body, .key = "mu", .idempotency = "k"})->command();
    };
    const auto debit = std::get<ledger::propose_correction>(command_of("/v1/corrections", proposal()));
    EXPECT_EQ(debit.wallet, ledger::wallet_id{3});
    EXPECT_EQ(*debit.what, *test::sample_correction(correction_kind::debit).what);
    const auto credit =
        std::get<ledger::propose_correction>(command_of("/v1/corrections", proposal("kind", R"("credit")")));
    EXPECT_EQ(credit.what->kind, correction_kind::credit);
    EXPECT_EQ(credit.what->expires_on, ledger::jst_day{}) << "the ledger knows the program's days";

    const auto approved = std::get<ledger::decide_correction>(command_of(correction_path(1, "approvals"), "{}"));
    EXPECT_TRUE(approved.wallet == ledger::wallet_id{3} && approved.proposal == 1 && approved.approve);
    EXPECT_EQ(approved.reason, "");
    const auto with_reason =
        std::get<ledger::decide_correction>(command_of(correction_path(1, "approvals"), R"({"reason":"確認済"})"));
    EXPECT_EQ(with_reason.reason, "確認済");
    const auto rejected =
        std::get<ledger::decide_correction>(command_of(correction_path(1, "rejections"), R"({"reason":"違う"})"));
    EXPECT_TRUE(!rejected.approve && rejected.reason == "違う");
    // A decision that moves nothing needs no key, and neither does a proposal.
    for (const auto& [target, body] : {std::pair{std::string{"/v1/corrections"}, proposal()},
                                       std::pair{correction_path(1, "rejections"), std::string{R"({"reason":"r"})"}}})
        static_cast<void>(scene.operation({.target = target, .body = body, .key = "mu2"}));
}

TEST(api, tells_the_ledger_which_person_asks) {
    corrections_scene scene;
    for (const auto& [key, person] : {std::pair{"mu", 2U}, std::pair{"mu2", 3U}, std::pair{"op", 1U}}) {
        const std::string target = correction_path(1, "approvals");
        const auto op = scene.operation({.target = target, .body = "{}", .key = key, .idempotency = "k"});
        EXPECT_EQ(op->record.asked_by().id, person);
    }
}

TEST(api, answers_corrections_by_contract) {
    using ledger::refusal;
    struct row {
        std::string target;
        std::string body;
        ledger::fact what;
        std::vector<refusal> refusals;
    };
    const std::vector deciding{refusal::invalid_state, refusal::second_person_required, refusal::expires_in_the_past,
                               refusal::balance_too_large, refusal::amount_exceeds_remaining};
    const std::vector proposing{refusal::program_unknown, refusal::wallet_unknown, refusal::expires_in_the_past,
                                refusal::expires_too_far, refusal::corrections_exhausted};
    const std::string credit = proposal("kind", R"("credit","expires_on":"2027-03-31")");
    auto rejected = test::sample_decision(correction_kind::debit, false);
    rejected.reason = "違う";
    const row rows[] = {
        {"/v1/corrections", proposal(), test::sample_correction(correction_kind::debit), proposing},
        {"/v1/corrections", credit, test::sample_correction(correction_kind::credit), proposing},
        {correction_path(1, "approvals"), "{}", test::sample_decision(correction_kind::debit, true), deciding},
        {correction_path(1, "approvals"), "{}", test::sample_decision(correction_kind::credit, true), deciding},
        {correction_path(1, "rejections"), R"({"reason":"違う"})", rejected, deciding},
    };
    for (const auto& one : rows) {
        corrections_scene scene;
        const asking asked{.target = one.target, .body = one.body, .key = "op2", .idempotency = "k"};
        const auto answer = scene.decide(scene.operation(asked), one.what);
        EXPECT_EQ(answer.status, 201) << answer.body;
        expect_contract(asked, answer);
        for (const auto why : one.refusals) {
            const auto op = scene.operation(asked);
            op->refusal = why;
            expect_contract(asked, scene.end(op, actors::ending::refused));
        }
    }
}

struct refused_row {
    std::string_view key;
    std::string target;
    std::string body;
    int status;
    std::string_view code;
    std::string_view pointer = {};
};

void expect_refused(const refused_row& one) {
    corrections_scene scene;
    const asking asked{.target = one.target, .body = one.body, .key = one.key, .idempotency = "k"};
    const auto answer = scene.answer(asked);
    const std::string where = std::string{one.key} + ' ' + one.target + ' ' + one.body + ' ' + answer.body;
    EXPECT_EQ(answer.status, one.status) << where;
    EXPECT_EQ(member(answer.body, "code"), one.code) << where;
    EXPECT_EQ(member(answer.body, "pointer"), one.pointer) << where;
    expect_contract(asked, answer);
}

TEST(api, refuses_what_is_wrong_about_a_proposal) {
    const std::string path = "/v1/corrections";
    const std::string long_reason = "\"" + std::string(201, 'r') + "\"";
    const refused_row rows[] = {
        {"op", path, "", 400, "malformed_request", ""},
        {"op", path, proposal("wallet"), 400, "malformed_request", "/wallet"},
        {"op", path, proposal("program"), 400, "malformed_request", "/program"},
        {"op", path, proposal("kind"), 400, "malformed_request", "/kind"},
        {"op", path, proposal("amount"), 400, "malformed_request", "/amount"},
        {"op", path, proposal("source"), 400, "malformed_request", "/source"},
        {"op", path, proposal("reason"), 400, "malformed_request", "/reason"},
        {"op", path, proposal("wallet", R"("wal_0")"), 422, "wallet_unknown", "/wallet"},
        {"op", path, proposal("program", R"("4202")"), 400, "invalid_value", "/program"},
        {"op", path, proposal("program", R"("1000003")"), 400, "invalid_value", "/program"},
        {"op", path, proposal("kind", R"("refund")"), 400, "invalid_value", "/kind"},
        {"op", path, proposal("amount", "0"), 400, "amount_out_of_range", "/amount"},
        {"op", path, proposal("amount", "-300"), 400, "amount_out_of_range", "/amount"},
        {"op", path, proposal("source", R"("gift:x")"), 400, "invalid_value", "/source"},
        {"op", path, proposal("reason", R"("")"), 400, "invalid_value", "/reason"},
        {"op", path, proposal("reason", long_reason), 400, "invalid_value", "/reason"},
        {"op", path, proposal("expires_on", R"("2027-03-31")"), 400, "invalid_value", "/expires_on"}, // of a debit
        {"op", path, proposal("kind", R"("credit","expires_on":"2027-02-30")"), 400, "invalid_value", "/expires_on"},
        {"op", path, proposal("kind", R"("credit","expires_on":"1970-01-01")"), 400, "expires_in_the_past",
         "/expires_on"},
        {"op", path, proposal("approved_by", R"("op")"), 400, "malformed_request", "/approved_by"},
        {"aso", path, proposal(), 403, "forbidden"},
        {"mu", path, proposal("program", R"("432148")"), 403, "forbidden"},
    };
    for (const auto& one : rows) expect_refused(one);
}

TEST(api, refuses_what_is_wrong_about_a_decision) {
    const std::string of_a_wallet = "/v1/corrections/" + test::wallet_id(1) + "/approvals";
    for (const std::string verb : {"approvals", "rejections"}) {
        const std::string good = R"({"reason":"r"})";
        const refused_row rows[] = {
            {"op", correction_path(1, verb), "", 400, "malformed_request", ""},
            {"op", correction_path(1, verb), R"({"reason":""})", 400, "invalid_value", "/reason"},
            {"op", correction_path(1, verb), R"({"reason":null})", 400, "malformed_request", "/reason"},
            {"op", correction_path(1, verb), R"({"reason":"r","amount":1})", 400, "malformed_request", "/amount"},
            {"op", correction_path(3, verb), good, 404, "not_found"}, // an entry that proposed nothing
            {"op", correction_path(9, verb), good, 404, "not_found"},
            {"op", "/v1/corrections/co_0/" + verb, good, 404, "not_found"},
            {"op", of_a_wallet, good, 404, "not_found"},
            {"aso", correction_path(1, verb), good, 404, "not_found"},
            {"mu", correction_path(2, verb), good, 404, "not_found"},
        };
        for (const auto& one : rows) expect_refused(one);
    }
    expect_refused({"op", correction_path(1, "rejections"), "{}", 400, "malformed_request", "/reason"});
    corrections_scene scene;
    const std::string target = correction_path(1, "approvals");
    const asking asked{.target = target, .body = "{}", .key = "op", .idempotency = "k"};
    static_cast<void>(scene.operation(asked)); // since when its connection knows who asks
    scene.ledger.broken = true;
    EXPECT_EQ(member(scene.answer(asked).body, "code"), "read_failed");
}

TEST(api, shows_a_wallets_open_corrections) {
    corrections_scene scene;
    ledger::wallet seen;
    seen.id = ledger::wallet_id{3};
    const ledger::person_ref maker{ledger::caller_kind::municipality, 2};
    for (ledger::journal_position position = 1; position <= 2; ++position) {
        const auto& proposed = std::get<ledger::correction_proposed>(scene.ledger.entries[position - 1].what);
        seen.corrections.push_back({position + 10, position, maker, proposed.what});
    }
    seen.corrections.push_back({20, 0, maker, seen.corrections.front().what}); // is not durable yet
    const std::string target = "/v1/wallets/" + test::wallet_id(3) + "/corrections";
    const auto shown = [&](std::string_view key) {
        const auto op = scene.operation({.method = "GET", .target = target, .key = key});
        EXPECT_EQ(std::get<actors::read_wallet>(op->asked).wallet, ledger::wallet_id{3});
        op->wallet_seen = seen;
        auto answer = scene.end(op, actors::ending::read);
        expect_contract({.method = "GET", .target = target}, answer);
        return answer.body;
    };
    const auto one = [](std::uint64_t position, std::string_view rest) {
        return R"({"id":")" + test::scene_keys().encode_id(storage::id_kind::correction, position).str() +
               R"(","status":"proposed","wallet":")" + test::wallet_id(3) + std::string{rest} +
               R"("reason":"二重付与","proposed_by":")" +
               test::scene_keys().encode_id(storage::id_kind::staff, 2).str() +
               R"(","decided_by":null,"decision_reason":null,"created_at":"2026-04-01T03:04:05.678Z"})";
    };
    const std::string debit = one(1, R"(","program":"042021","kind":"debit","amount":300,)"
                                     R"("source":"budget:042021:health","expires_on":null,)");
    const std::string credit = one(2, R"(","program":"432148","kind":"credit","amount":300,)"
                                      R"("source":"budget:042021:health","expires_on":"2027-03-31",)");
    EXPECT_EQ(shown("op"), R"({"data":[)" + debit + "," + credit + "]}");
    EXPECT_EQ(shown("mu"), R"({"data":[)" + debit + "]}");
    EXPECT_EQ(shown("aso"), R"({"data":[)" + credit + "]}");
    seen.corrections.clear();
    EXPECT_EQ(shown("op"), R"({"data":[]})");

    const std::string nowhere = "/v1/wallets/" + test::merchant_id(3) + "/corrections";
    EXPECT_EQ(scene.answer({.method = "GET", .target = nowhere, .key = "op"}).status, 404);
    const std::string with_limit = target + "?limit=1";
    const auto refused = scene.answer({.method = "GET", .target = with_limit, .key = "op"});
    EXPECT_EQ(member(refused.body, "code"), "invalid_parameter");
    seen.corrections.push_back({11, 1, maker, test::sample_correction(correction_kind::debit).what});
    scene.ledger.broken = true;
    EXPECT_EQ(member(shown("op"), "code"), "read_failed");
}

} // namespace
} // namespace meguri::net
