// What staff of one municipality neither change nor see of another's: settings of its sales, its account, the accounts
// of its merchants, and what needs a scope that their key does not have.
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;

constexpr std::string_view sale = R"({"minimum": 1, "maximum": 2, "per_day": 3, "per_month": 4, "days_to_pay": 7,
                                      "reason": "発売"})";

ledger::entry entry_of(ledger::fact what) {
    ledger::entry one;
    one.decided_at = ledger::instant{1'780'000'000'000};
    one.person = 1;
    one.caller = {ledger::caller_kind::operator_, 1};
    one.what = std::move(what);
    return one;
}

std::string refusal_of(api_scene& scene, const asking& one) {
    const auto answer = scene.answer(one);
    expect_contract(one, answer);
    return member(answer.body, "code");
}

TEST(api, lets_staff_sell_points_of_their_own_municipality_alone) {
    api_scene scene;
    const std::string target = "/v1/programs/042021/purchase_settings";
    EXPECT_EQ(refusal_of(scene, {.target = target, .body = sale, .key = "aso"}), "forbidden");
    const auto op = scene.operation({.target = target, .body = sale, .key = "mu"});
    EXPECT_EQ(std::get<ledger::set_purchase_terms>(*op->command()).program, test::program("042021"));
}

TEST(api, lets_staff_decide_upon_their_own_municipality_s_account_alone) {
    api_scene scene;
    const auto holder = ledger::account_holder{ledger::applicant_kind::municipality, test::program("042021").number()};
    const auto account = std::make_shared<const ledger::bank_account>();
    const auto proposed = scene.ledger.add(
        entry_of(ledger::account_changed{holder, ledger::account_step::proposed, 0, 0, {}, {}, account, "r"}));
    const auto change =
        "/v1/account_changes/" + test::scene_keys().encode_id(storage::id_kind::account_change, proposed).str();
    EXPECT_EQ(refusal_of(scene, {.target = change + "/approvals", .body = "{}", .key = "aso"}), "not_found");
    EXPECT_EQ(refusal_of(scene, {.target = change + "/refusals", .body = R"({"reason": "r"})", .key = "aso"}),
              "not_found");
    const auto op = scene.operation({.target = change + "/approvals", .body = "{}", .key = "mu"});
    EXPECT_EQ(std::get<ledger::decide_account>(*op->command()).holder, holder);
}

TEST(api, shows_staff_the_accounts_of_merchants_that_are_wholly_theirs) {
    const std::string target = "/v1/merchants/" + test::merchant_id(7) + "/accounts";
    const auto status_for = [&](std::string_view key, std::vector<ledger::program_code> accepts) {
        api_scene scene;
        const asking asked{.method = "GET", .target = target, .key = key};
        const auto op = scene.operation(asked);
        op->merchant_seen.emplace();
        op->merchant_seen->terms = std::make_shared<ledger::merchant_terms>(
            ledger::merchant_terms{1, ledger::merchant_id{7}, false, std::move(accepts), {}});
        const auto answer = scene.end(op, actors::ending::read);
        expect_contract(asked, answer);
        return answer.status;
    };
    const auto ishinomaki = test::program("042021");
    const auto aso = test::program("432148");
    EXPECT_EQ(status_for("mu", {ishinomaki}), 200);
    EXPECT_EQ(status_for("aso", {ishinomaki}), 404) << "they do not learn that it exists";
    EXPECT_EQ(status_for("mu", {ishinomaki, aso}), 403) << "its bank is another municipality's matter, too";
    EXPECT_EQ(status_for("op", {ishinomaki, aso}), 200);
}

TEST(api, opens_a_municipality_s_program_by_a_key_that_may_open_programs) {
    api_scene scene;
    auto what = std::make_shared<ledger::application>();
    what->kind = ledger::applicant_kind::municipality;
    what->opened.code = test::program("432148");
    const auto submitted = scene.ledger.add(
        entry_of(ledger::application_changed{ledger::application_step::submitted, 0, {}, {}, what, {}}));
    const auto target = "/v1/applications/" +
                        test::scene_keys().encode_id(storage::id_kind::application, submitted).str() + "/approvals";
    EXPECT_EQ(refusal_of(scene, {.target = target, .body = "{}", .key = "aso"}), "not_found");
    scene.ledger.bearers[api_scene::key_of("op2")].scopes = ledger::scope_set{ledger::scope::merchants};
    EXPECT_EQ(refusal_of(scene, {.target = target, .body = "{}", .key = "op2"}), "scope_missing");
    const auto op = scene.operation({.target = target, .body = "{}", .key = "op"});
    EXPECT_TRUE(std::get<ledger::decide_application>(*op->command()).approve);
}

} // namespace
} // namespace meguri::net
