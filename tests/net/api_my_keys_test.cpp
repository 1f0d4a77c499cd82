// MyKey IDs as the API takes and shows them.
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

const ledger::my_key_id my_key_drawn = *ledger::my_key_id::parse("7QX0M2KD");
const ledger::my_key_id my_key_wish = *ledger::my_key_id::parse("ABCD1234");

std::string my_key_path(std::string_view more = {}) {
    return "/v1/wallets/" + test::wallet_id(3) + "/mykey_id" + std::string{more};
}

ledger::my_key_changed my_key_fact(ledger::my_key_step step) {
    using ledger::my_key_step;
    const ledger::wallet_id wallet{3};
    switch (step) {
    case my_key_step::issued: return {wallet, step, {}, my_key_drawn, {}, 3, {}};
    case my_key_step::wish_granted: return {wallet, step, my_key_drawn, my_key_wish, my_key_wish, 0, {}};
    case my_key_step::wish_taken: return {wallet, step, my_key_drawn, my_key_drawn, my_key_wish, 2, {}};
    case my_key_step::drawn_instead:
        return {wallet, step, my_key_drawn, *ledger::my_key_id::parse("OTHER000"), my_key_wish, 0, {}};
    case my_key_step::revoked: break;
    }
    return {wallet, step, my_key_drawn, {}, {}, 0, "紛失"};
}

TEST(api, reads_what_becomes_of_a_mykey_id) {
    api_scene scene;
    const auto command_of = [&](std::string_view target, std::string_view body, std::string_view key = "op") {
        return *scene.operation({.target = target, .body = body, .key = key})->command();
    };
    const auto first = std::get<ledger::issue_my_key>(command_of(my_key_path(), "{}", "mu"));
    EXPECT_EQ(first.wallet, ledger::wallet_id{3});
    EXPECT_FALSE(first.wish);
    const auto wished = std::get<ledger::issue_my_key>(command_of(my_key_path(), R"({"wish":"ABCD1234"})"));
    EXPECT_EQ(wished.wish, my_key_wish);
    const auto revoked = std::get<ledger::revoke_my_key>(command_of(my_key_path("/revoke"), R"({"reason":"紛失"})"));
    EXPECT_EQ(revoked.wallet, ledger::wallet_id{3});
    EXPECT_EQ(revoked.reason, "紛失");
}

TEST(api, answers_by_contract_what_became_of_a_mykey_id) {
    using ledger::my_key_step;
    struct row {
        my_key_step step;
        std::string target;
        std::string body;
        int status;
        std::string_view result;
    };
    const std::string wish = R"({"wish":"ABCD1234"})";
    const row rows[] = {{my_key_step::issued, my_key_path(), "{}", 201, "issued"},
                        {my_key_step::wish_granted, my_key_path(), wish, 201, "changed"},
                        {my_key_step::wish_taken, my_key_path(), wish, 201, "wish_taken"},
                        {my_key_step::drawn_instead, my_key_path(), wish, 201, "drawn_instead"},
                        {my_key_step::revoked, my_key_path("/revoke"), R"({"reason":"紛失"})", 200, "revoked"}};
    for (const auto& one : rows) {
        api_scene scene;
        const asking asked{.target = one.target, .body = one.body, .key = "op"};
        const auto answer = scene.decide(scene.operation(asked), my_key_fact(one.step));
        EXPECT_EQ(answer.status, one.status) << answer.body;
        EXPECT_EQ(member(answer.body, "result"), one.result);
        expect_contract(asked, answer);
        for (const auto why : {ledger::refusal::wallet_unknown, ledger::refusal::invalid_state}) {
            const auto op = scene.operation(asked);
            op->refusal = why;
            expect_contract(asked, scene.end(op, actors::ending::refused));
        }
    }
}

TEST(api, refuses_what_is_wrong_about_a_mykey_id) {
    struct row {
        std::string target;
        std::string body;
        int status;
        std::string_view code;
        std::string_view pointer;
    };
    const std::string unknown = "/v1/wallets/wal_0/mykey_id";
    const row rows[] = {
        {my_key_path(), R"({"wish":"ABCD123"})", 400, "invalid_value", "/wish"},
        {my_key_path(), R"({"wish":"abcd1234"})", 400, "invalid_value", "/wish"},
        {my_key_path(), R"({"wish":""})", 400, "invalid_value", "/wish"},
        {my_key_path(), R"({"wish":12345678})", 400, "malformed_request", "/wish"},
        {my_key_path(), R"({"id":"ABCD1234"})", 400, "malformed_request", "/id"},
        {my_key_path("/revoke"), "{}", 400, "malformed_request", "/reason"},
        {my_key_path("/revoke"), R"({"reason":""})", 400, "invalid_value", "/reason"},
        {unknown, "{}", 404, "not_found", ""},
        {unknown + "/revoke", R"({"reason":"紛失"})", 404, "not_found", ""},
    };
    for (const auto& one : rows) {
        api_scene scene;
        const asking asked{.target = one.target, .body = one.body, .key = "op"};
        const auto answer = scene.answer(asked);
        EXPECT_EQ(answer.status, one.status) << one.body;
        EXPECT_EQ(member(answer.body, "code"), one.code) << one.body;
        EXPECT_EQ(member(answer.body, "pointer"), one.pointer) << one.body;
        expect_contract(asked, answer);
    }
    api_scene scene;
    for (const auto* const key : {"te", "pa"})
        EXPECT_EQ(scene.answer({.target = my_key_path(), .body = "{}", .key = key}).status, 403) << key;
}

TEST(api, tells_whose_mykey_id_it_is) {
    api_scene scene;
    scene.ledger.my_keys[my_key_drawn] = {ledger::wallet_id{3}, false};
    scene.ledger.my_keys[my_key_wish] = {ledger::wallet_id{3}, true};
    const auto ask_for = [&scene](std::string_view id) {
        const std::string target = "/v1/mykey_ids/" + std::string{id};
        const asking asked{.method = "GET", .target = target, .key = "op"};
        const auto answer = scene.answer(asked);
        expect_contract(asked, answer);
        return answer;
    };
    EXPECT_EQ(member(ask_for("ABCD1234").body, "status"), "active");
    EXPECT_EQ(member(ask_for("ABCD1234").body, "wallet"), test::wallet_id(3));
    EXPECT_EQ(member(ask_for("7QX0M2KD").body, "status"), "ended");
    for (const auto* const nobodys : {"NOBODYS0", "abcd1234", "A"}) EXPECT_EQ(ask_for(nobodys).status, 404) << nobodys;
    scene.ledger.broken = true;
    EXPECT_EQ(ask_for("ABCD1234").status, 503);
}

TEST(api, shows_a_wallets_mykey_id) {
    api_scene scene;
    for (const auto id : {my_key_wish, ledger::my_key_id{}}) {
        const std::string target = my_key_path();
        const asking asked{.method = "GET", .target = target, .key = "op"};
        const auto op = scene.operation(asked);
        op->wallet_seen.emplace();
        op->wallet_seen->id = ledger::wallet_id{3};
        op->wallet_seen->my_key = id;
        const auto answer = scene.end(op, actors::ending::read);
        EXPECT_EQ(member(answer.body, "mykey_id"), id ? "ABCD1234" : "null") << answer.body;
        expect_contract(asked, answer);
    }
}

} // namespace
} // namespace meguri::net
