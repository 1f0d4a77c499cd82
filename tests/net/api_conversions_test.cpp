// Conversions, terms and coupons as the API takes them: what a request becomes, and what is said of a wrong one.
#include "net/render_entry.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using test::api_scene;

std::string partner_path() {
    return "/v1/partners/" + test::scene_keys().encode_id(storage::id_kind::partner, 3).str() + "/conversion_terms";
}

template <class Command>
Command command_of(const std::string& target, std::string_view body, std::string_view key) {
    api_scene scene;
    const auto op =
        scene.operation({.method = "POST", .target = target, .body = body, .key = key, .idempotency = "k-1"});
    return std::get<Command>(*op->command());
}

TEST(api_conversions, reads_terms) {
    const auto asked = command_of<ledger::propose_conversion_terms>(
        partner_path(),
        R"({"unit":"マイル","rate":{"points":1,"units":2},"minimum_units":1000,"step_units":100,"per_person_day":5000})",
        "op");
    EXPECT_EQ(asked.partner, ledger::partner_id{3});
    EXPECT_EQ(asked.terms->rate, (ledger::conversion_rate{1, 2}));
    EXPECT_EQ(asked.terms->minimum, 1'000U);
    EXPECT_EQ(asked.terms->per_person_day, ledger::points::from(5'000));
    EXPECT_FALSE(asked.terms->per_partner_day.has_value());
}

TEST(api_conversions, reads_a_conversion_of_the_partner_who_asks) {
    const auto asked = command_of<ledger::convert_points>(
        "/v1/conversions", R"({"reference":"M-1","units":1001,"mykey_id":"ABCD1234","program":"042021"})", "pa");
    EXPECT_EQ(asked.partner, ledger::partner_id{3});
    EXPECT_EQ(asked.my_key, ledger::my_key_id::parse("ABCD1234"));
    EXPECT_FALSE(asked.wallet);
    EXPECT_EQ(asked.units, 1'001U);
    EXPECT_EQ(asked.program.text(), "042021");
    const auto to_wallet = command_of<ledger::convert_points>(
        "/v1/conversions", R"({"reference":"M-1","units":1,"wallet":")" + test::wallet_id(3) + R"("})", "pa");
    EXPECT_EQ(to_wallet.wallet, ledger::wallet_id{3});
    EXPECT_FALSE(to_wallet.program);
}

TEST(api_conversions, keeps_a_coupon_s_code_as_its_digest) {
    const auto asked = command_of<ledger::redeem_coupon>("/v1/coupons/redemptions",
                                                         R"({"code":"4T8W1Z6B","mykey_id":"ABCD1234"})", "op");
    EXPECT_EQ(asked.code, test::scene_keys().digest_of_coupon("4T8W1Z6B"));
}

// A resident has one wallet, named or not.
TEST(api_conversions, redeems_for_the_resident_s_own_wallet) {
    const std::string target = "/v1/coupons/redemptions";
    for (const std::string& more : {std::string{}, R"(,"wallet":")" + test::wallet_id(3) + '"'}) {
        const auto asked = command_of<ledger::redeem_coupon>(target, R"({"code":"4T8W1Z6B")" + more + "}", "se");
        EXPECT_EQ(asked.wallet, ledger::wallet_id{3});
        EXPECT_FALSE(asked.my_key);
    }
    const std::string others = R"({"code":"4T8W1Z6B","wallet":")" + test::wallet_id(4) + R"("})";
    for (const auto& [body, code, pointer] :
         {std::tuple{others, "wallet_unknown", "/wallet"},
          std::tuple{std::string{R"({"code":"4T8W1Z6B","mykey_id":"ABCD1234"})"}, "malformed_request", "/mykey_id"}}) {
        api_scene scene;
        const test::asking one{.target = target, .body = body, .key = "se", .idempotency = "k-1"};
        const auto given = scene.answer(one);
        EXPECT_EQ(test::member(given.body, "code"), code);
        EXPECT_EQ(test::member(given.body, "pointer"), pointer);
        test::expect_contract(one, given);
    }
}

// Of residents alone, and of codes that nobody issued.
TEST(api_conversions, limits_the_wrong_codes_of_an_address) {
    api_scene scene;
    scene.api.set_failure_limit({.per_second = 1, .burst = 3});
    scene.ledger.conversions.emplace(
        storage::index_key{storage::index_kind::coupon, test::scene_keys().digest_of_coupon("RIGHT")}, 1);
    const auto redeems = [&scene](const std::string& code, std::string_view key) -> std::string {
        const std::string body = R"({"code":")" + code + (key == "se" ? R"("})" : R"(","mykey_id":"ABCD1234"})");
        const test::asking one{.target = "/v1/coupons/redemptions", .body = body, .key = key, .idempotency = "k-1"};
        scene.operations.taken.clear();
        scene.answers.given.clear();
        scene.ask(one);
        if (scene.operations.taken.size() == 1) return "asked";
        test::expect_contract(one, scene.answers.given.front());
        EXPECT_GT(scene.answers.given.front().retry_after_s, 0);
        return test::member(scene.answers.given.front().body, "code");
    };
    for (int i = 0; i < 10; ++i) EXPECT_EQ(redeems("wrong", "op"), "asked") << "an office";
    for (int i = 0; i < 10; ++i) EXPECT_EQ(redeems("RIGHT", "se"), "asked") << "somebody's";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(redeems("wrong", "se"), "asked");
    EXPECT_EQ(redeems("wrong", "se"), "too_many_failures");
    EXPECT_EQ(redeems("RIGHT", "se"), "too_many_failures") << "else a guess could be told from the others";
    EXPECT_EQ(redeems("wrong", "mu"), "asked");
}

TEST(api_conversions, names_the_member_that_is_wrong) {
    const std::string terms = partner_path();
    const std::string good_terms = R"("unit":"m","minimum_units":10,"step_units":10)";
    struct row {
        std::string target;
        std::string body;
        std::string_view key;
        std::string_view code;
        std::string_view pointer;
    };
    const std::vector<row> rows{
        {terms, R"({})", "op", "malformed_request", "/unit"},
        {terms, "{" + good_terms + "}", "op", "malformed_request", "/rate"},
        {terms, "{" + good_terms + R"(,"rate":{"points":0,"units":1}})", "op", "invalid_value", "/rate/points"},
        {terms, "{" + good_terms + R"(,"rate":{"points":1,"units":1000001}})", "op", "invalid_value", "/rate/units"},
        {terms, "{" + good_terms + R"(,"rate":{"points":1,"units":11}})", "op", "invalid_value", "/minimum_units"},
        {terms, R"({"unit":"m","minimum_units":10,"step_units":3,"rate":{"points":1,"units":1}})", "op",
         "invalid_value", "/minimum_units"},
        {terms, "{" + good_terms + R"(,"rate":{"points":1,"units":1},"per_person_day":9})", "op", "invalid_value",
         "/per_person_day"},
        {terms, "{" + good_terms + R"(,"rate":{"points":1,"units":1},"per_partner_day":9})", "op", "invalid_value",
         "/per_partner_day"},
        {"/v1/conversions", R"({"units":1})", "pa", "malformed_request", "/reference"},
        {"/v1/conversions", R"({"reference":"r","units":0})", "pa", "invalid_value", "/units"},
        {"/v1/conversions", R"({"reference":"r","units":1})", "pa", "invalid_value", "/mykey_id"},
        {"/v1/conversions", R"({"reference":"r","units":1,"mykey_id":"abcd1234"})", "pa", "invalid_value", "/mykey_id"},
        {"/v1/conversions", R"({"reference":"r","units":1,"wallet":"wal_0"})", "pa", "wallet_unknown", "/wallet"},
        {"/v1/conversions", R"({"reference":"r","units":1,"mykey_id":"ABCD1234","amount":1})", "pa",
         "malformed_request", "/amount"},
        {"/v1/coupons", R"({"reference":"r","last_day":"2027-03-31"})", "pa", "invalid_value", "/units"},
        {"/v1/coupons", R"({"reference":"r","last_day":"2027-03-31","units":1,"amount":1})", "pa", "invalid_value",
         "/units"},
        {"/v1/coupons", R"({"reference":"r","last_day":"2027-02-31","amount":1})", "pa", "invalid_value", "/last_day"},
        {"/v1/coupons/redemptions", R"({"mykey_id":"ABCD1234"})", "op", "malformed_request", "/code"},
    };
    for (const auto& one : rows) {
        api_scene scene;
        const auto answer = scene.answer(
            {.method = "POST", .target = one.target, .body = one.body, .key = one.key, .idempotency = "k-1"});
        EXPECT_EQ(test::member(answer.body, "code"), one.code) << one.target << ' ' << one.body;
        EXPECT_EQ(test::member(answer.body, "pointer"), one.pointer) << one.target << ' ' << one.body;
    }
}

TEST(api_conversions, finds_nothing_of_another_partner_s) {
    api_scene scene;
    scene.ledger.entries.resize(1);
    ledger::points_converted made;
    made.partner = ledger::partner_id{4};
    made.reference = "M-1";
    scene.ledger.entries.back().what = made;
    scene.ledger.entries.back().position = 1;
    const auto id = test::scene_keys().encode_id(storage::id_kind::conversion, 1).str();
    EXPECT_EQ(scene.answer({.method = "GET", .target = "/v1/conversions/" + id, .key = "pa"}).status, 404);
    EXPECT_EQ(scene.answer({.method = "GET", .target = "/v1/conversions?reference=M-1", .key = "pa"}).status, 404);
    EXPECT_EQ(scene.answer({.method = "GET", .target = "/v1/conversions?reference=M-1", .key = "op"}).status, 400);
}

} // namespace
} // namespace meguri::net
