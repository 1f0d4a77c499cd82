// Undecided points as the API takes and shows them: conversions, the home municipality, transfers.
#include "ledger/undecided.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;
using test::program;

const std::string wallet_path = "/v1/wallets/" + test::wallet_id(3);

std::string partner_id(std::uint64_t number) {
    return test::scene_keys().encode_id(storage::id_kind::partner, number).str();
}

std::string conversion_of(const std::string& wallet, const std::string& partner, std::string_view amount = "800") {
    return R"({"wallet":")" + wallet + R"(","partner":")" + partner + R"(","amount":)" + std::string{amount} + "}";
}

TEST(api, reads_what_becomes_of_undecided_points) {
    api_scene scene;
    const auto command_of = [&](std::string_view target, std::string_view body) {
        return *scene.operation({.target = target, .body = body, .key = "op", .idempotency = "k"})->command();
    };
    const auto converted = std::get<ledger::credit_undecided>(
        command_of("/v1/conversions", conversion_of(test::wallet_id(3), partner_id(3))));
    EXPECT_EQ(converted.wallet, ledger::wallet_id{3});
    EXPECT_EQ(converted.partner, ledger::partner_id{3});
    EXPECT_EQ(converted.amount.value(), 800);
    EXPECT_EQ(converted.source.text(), "partner:" + partner_id(3));
    const auto home =
        std::get<ledger::choose_home>(command_of(wallet_path + "/home_municipality", R"({"municipality":"432148"})"));
    EXPECT_EQ(home.wallet, ledger::wallet_id{3});
    EXPECT_EQ(home.municipality, program("432148"));
    const auto all =
        std::get<ledger::transfer_undecided>(command_of(wallet_path + "/transfers", R"({"program":"042021"})"));
    EXPECT_EQ(all.wallet, ledger::wallet_id{3});
    EXPECT_EQ(all.program, program("042021"));
    EXPECT_FALSE(all.amount);
    const auto part = std::get<ledger::transfer_undecided>(
        command_of(wallet_path + "/transfers", R"({"program":"040002","amount":500})"));
    EXPECT_EQ(part.program, program("040002")) << "a prefecture's";
    EXPECT_EQ(part.amount->value(), 500);
}

struct answered_row {
    std::string target;
    std::string body;
    ledger::fact what;
    int status;
    std::vector<ledger::refusal> refusals;
};

TEST(api, answers_by_contract_what_becomes_of_undecided_points) {
    using ledger::refusal;
    const answered_row rows[] = {
        {"/v1/conversions",
         conversion_of(test::wallet_id(3), partner_id(3)),
         test::sample_conversion(),
         201,
         {refusal::wallet_unknown, refusal::balance_too_large}},
        {wallet_path + "/home_municipality",
         R"({"municipality":"042021"})",
         ledger::home_chosen{ledger::wallet_id{3}, program("042021")},
         200,
         {refusal::wallet_unknown, refusal::program_unknown}},
        {wallet_path + "/transfers",
         R"({"program":"042021","amount":500})",
         test::sample_transfer(),
         201,
         {refusal::wallet_unknown, refusal::program_unknown, refusal::nothing_undecided,
          refusal::amount_exceeds_remaining}},
    };
    for (const auto& one : rows) {
        api_scene scene;
        const asking asked{.target = one.target, .body = one.body, .key = "op", .idempotency = "k"};
        const auto answer = scene.decide(scene.operation(asked), one.what);
        EXPECT_EQ(answer.status, one.status) << answer.body;
        expect_contract(asked, answer);
        for (const auto why : one.refusals) {
            const auto op = scene.operation(asked);
            op->refusal = why;
            expect_contract(asked, scene.end(op, actors::ending::refused));
        }
    }
}

struct refused_conversion {
    std::string target;
    std::string body;
    int status;
    std::string_view code;
    std::string_view pointer;
};

TEST(api, refuses_what_is_wrong_about_undecided_points) {
    const std::string good_wallet = test::wallet_id(3);
    const std::string home = wallet_path + "/home_municipality";
    const std::string transfers = wallet_path + "/transfers";
    const std::string unknown_wallet = "/v1/wallets/" + partner_id(3); // an id of another kind
    const refused_conversion rows[] = {
        {"/v1/conversions", "", 400, "malformed_request", ""},
        {"/v1/conversions", "{}", 400, "malformed_request", "/wallet"},
        {"/v1/conversions", R"({"wallet":"w"})", 400, "malformed_request", "/partner"},
        {"/v1/conversions", R"({"wallet":"w","partner":"p"})", 400, "malformed_request", "/amount"},
        {"/v1/conversions", R"({"wallet":3})", 400, "malformed_request", "/wallet"},
        {"/v1/conversions", R"({"wallet":""})", 400, "invalid_value", "/wallet"},
        {"/v1/conversions", conversion_of(good_wallet, partner_id(3), "0"), 400, "amount_out_of_range", "/amount"},
        {"/v1/conversions", conversion_of(good_wallet, partner_id(3), "1.5"), 400, "malformed_request", "/amount"},
        {"/v1/conversions", conversion_of(good_wallet, partner_id(3), R"(1,"program":"042021")"), 400,
         "malformed_request", "/program"},
        {"/v1/conversions", conversion_of(good_wallet, partner_id(3), R"(1,"source":"partner:x")"), 400,
         "malformed_request", "/source"},
        {"/v1/conversions", conversion_of("wal_0", partner_id(3)), 422, "wallet_unknown", "/wallet"},
        {"/v1/conversions", conversion_of(partner_id(3), partner_id(3)), 422, "wallet_unknown", "/wallet"},
        {"/v1/conversions", conversion_of(good_wallet, "par_0"), 400, "invalid_value", "/partner"},
        {"/v1/conversions", conversion_of(good_wallet, good_wallet), 400, "invalid_value", "/partner"},
        {home, "{}", 400, "malformed_request", "/municipality"},
        {home, R"({"municipality":null})", 400, "malformed_request", "/municipality"},
        {home, R"({"municipality":"4202"})", 400, "invalid_value", "/municipality"},
        {home, R"({"municipality":"1000003"})", 400, "invalid_value", "/municipality"}, // a pseudo-program's number
        {home, R"({"municipality":"040002"})", 400, "invalid_value", "/municipality"},  // a prefecture
        {home, R"({"municipality":"042021","from":"now"})", 400, "malformed_request", "/from"},
        {transfers, "{}", 400, "malformed_request", "/program"},
        {transfers, R"({"program":42021})", 400, "malformed_request", "/program"},
        {transfers, R"({"program":"1000003"})", 400, "invalid_value", "/program"},
        {transfers, R"({"program":"042021","amount":0})", 400, "amount_out_of_range", "/amount"},
        {transfers, R"({"program":"042021","amount":null})", 400, "malformed_request", "/amount"},
        {transfers, R"({"program":"042021","partner":"p"})", 400, "malformed_request", "/partner"},
        {unknown_wallet + "/home_municipality", R"({"municipality":"042021"})", 404, "not_found", ""},
        {unknown_wallet + "/transfers", R"({"program":"042021"})", 404, "not_found", ""},
    };
    for (const auto& one : rows) {
        api_scene scene;
        const asking asked{.target = one.target, .body = one.body, .key = "op", .idempotency = "k"};
        const auto answer = scene.answer(asked);
        const std::string where = one.target + ' ' + one.body + ' ' + answer.body;
        EXPECT_EQ(answer.status, one.status) << where;
        EXPECT_EQ(member(answer.body, "code"), one.code) << where;
        EXPECT_EQ(member(answer.body, "pointer"), one.pointer) << where;
        expect_contract(asked, answer);
    }
}

TEST(api, shows_undecided_points_to_operators_alone) {
    const std::string target = wallet_path + "/balances";
    const auto converted = test::sample_conversion().lot;
    ledger::wallet seen;
    seen.lots = {{converted.lot, converted.amount, {}}};
    seen.home = program("042021");
    for (const std::string at : {"", "?at=2026-04-10T00:00:00Z"}) {
        for (const std::string_view key : {"op", "mu"}) {
            api_scene scene;
            scene.past.wallet = seen;
            const std::string path = target + at;
            const auto op = scene.operation({.method = "GET", .target = path, .key = key});
            op->wallet_seen = seen;
            const auto answer = scene.end(op, actors::ending::read);
            const std::string undecided = R"({"data":[],"undecided":[{"partner":")" + partner_id(3) +
                                          R"(","amount":800,"undecided_until":"2026-04-15T15:00:00.000Z"}],)"
                                          R"("home_municipality":"042021"})";
            EXPECT_EQ(answer.body, key == "op" ? undecided : R"({"data":[]})");
            expect_contract({.method = "GET", .target = path}, answer);
        }
    }
}

// Staff's part of the books alone does not balance where points came through clearing: they are told of the whole.
TEST(api, shows_clearing_in_the_trial_balance) {
    api_scene scene;
    ledger::entry one;
    one.wallet = ledger::wallet_id{3};
    for (const ledger::fact& what : {ledger::fact{test::sample_conversion()}, ledger::fact{test::sample_transfer()}}) {
        one.what = what;
        ledger::apply(scene.ledger.shown, one);
    }
    const asking asked{.method = "GET", .target = "/v1/ledger/trial_balance", .key = "op"};
    const auto all = scene.answer(asked);
    const std::string own = R"({"program":"042021","accounts":[{"name":"wallets:available","debits":0,"credits":500},)"
                            R"({"name":"clearing:in","debits":500,"credits":0}]})";
    const std::string undecided = R"({"program":"undecided:)" + partner_id(3) +
                                  R"(","accounts":[{"name":"funding:partner","debits":800,"credits":0},)"
                                  R"({"name":"wallets:available","debits":500,"credits":800},)"
                                  R"({"name":"clearing:out","debits":0,"credits":500}]})";
    EXPECT_EQ(all.body, R"({"balanced":true,"data":[)" + own + "," + undecided + "]}");
    expect_contract(asked, all);
    const auto of_staff = scene.answer({.method = "GET", .target = "/v1/ledger/trial_balance", .key = "mu"});
    EXPECT_EQ(of_staff.body, R"({"balanced":true,"data":[)" + own + "]}");

    auto& clearing = scene.ledger.shown.of(program("042021")).sums;
    clearing[static_cast<std::size_t>(ledger::account::clearing_in)].debits = *ledger::points::from(499);
    clearing[static_cast<std::size_t>(ledger::account::available)].credits = *ledger::points::from(499);
    EXPECT_EQ(member(scene.answer(asked).body, "balanced"), "false") << "a point was lost on its way";
}

} // namespace
} // namespace meguri::net
