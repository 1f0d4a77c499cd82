// Who may call what: every route of the table with every kind of key.
#include "net/routes.hpp"

#include "tests/net/api_scene.hpp"
#include "tests/support/openapi_contract.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace meguri::net {
namespace {

// The roles as the HTTP contract has them, by pattern, with its method where the two differ; frozen here, so that the
// table cannot change them by accident.
const std::map<std::string, std::string>& openers() {
    static const std::map<std::string, std::string> by_pattern{
        {"/v1/authorizations", "te sh"},
        {"/v1/authorizations/{id}", "te sh"},
        {"/v1/authorizations/bulk", "te sh"},
        {"/v1/authorizations/{id}/captures", "te sh"},
        {"/v1/authorizations/{id}/voids", "te sh"},
        {"/v1/authorizations/{id}/refunds", "te sh"},
        {"/v1/reversals", "te sh"},
        {"/v1/sessions", "se"},
        {"/v1/support_sessions", "mu"},
        {"/v1/wallets/{id}/password", "se"},
        {"/v1/wallets/{id}/card_renewals", "se"},
        {"/v1/sessions/revoke", "se"},
        {"/v1/sessions/{id}/revoke", "se"},
        {"/v1/grants", "op mu"},
        {"/v1/programs/{code}/campaigns", "op mu"},
        {"/v1/campaigns/{id}", "op mu"},
        {"/v1/campaigns/{id}/approvals", "op mu"},
        {"/v1/campaigns/{id}/rejections", "op mu"},
        {"/v1/campaigns/{id}/closing", "op mu"},
        {"/v1/campaigns/{id}/increases", "op mu"},
        {"/v1/campaigns/{id}/increases/{number}/approvals", "op mu"},
        {"/v1/campaigns/{id}/increases/{number}/rejections", "op mu"},
        {"/v1/campaigns/{id}/grants", "op mu"},
        {"/v1/campaigns/{id}/recipients", "op mu"},
        {"/v1/campaigns/{id}/eligibility", "op mu"},
        {"/v1/campaigns/{id}/eligibility/approvals", "op mu"},
        {"/v1/campaigns/{id}/eligibility/rejections", "op mu"},
        {"/v1/campaigns/{id}/eligibility_key", "op mu"},
        {"/v1/campaigns/{id}/applications", "se"},
        {"/v1/campaigns/{id}/events", "op mu"},
        {"/v1/events/{id}/closing", "op mu"},
        {"/v1/events/{id}/code", "op mu"},
        {"/v1/event_redemptions", "se"},
        {"/v1/campaigns/{id}/clawbacks", "op mu"},
        {"/v1/campaigns/{id}/clawbacks/file", "op mu"},
        {"/v1/clawbacks/{id}", "op mu"},
        {"/v1/clawbacks/{id}/approvals", "op mu"},
        {"/v1/clawbacks/{id}/rejections", "op mu"},
        {"/v1/clawbacks/{id}/report", "op mu"},
        {"/v1/recipients/{id}", "op mu"},
        {"/v1/recipients/{id}/report", "op mu"},
        {"/v1/programs/{id}/purchase_settings", "op mu"},
        {"/v1/purchases", "op mu se"},
        {"/v1/purchases/{id}", "op mu se"},
        {"/v1/purchases/{id}/cancellation", "op mu se"},
        {"/v1/purchases/{id}/refund", "op mu"},
        {"/v1/purchases/{id}/refund/approvals", "op mu"},
        {"/v1/purchases/{id}/refund/rejections", "op mu"},
        {"/v1/gateway/events", ""},
        {"/v1/mandates", "op mu se"},
        {"/v1/mandates/{id}", "op mu se"},
        {"/v1/mandates/{id}/confirmation", "op mu"},
        {"/v1/mandates/{id}/refusal", "op mu"},
        {"/v1/mandates/{id}/end", "op mu se"},
        {"/v1/debit_orders", "op mu"},
        {"/v1/debit_orders/{id}", "op mu"},
        {"/v1/debit_orders/{id}/file", "op mu"},
        {"/v1/debit_orders/{id}/results", "op mu"},
        {"/v1/bank_statements", "op mu"},
        {"/v1/unmatched_transfers", "op mu"},
        {"/v1/unmatched_transfers/{id}", "op mu"},
        {"/v1/unmatched_transfers/{id}/assignment", "op mu"},
        {"/v1/unmatched_transfers/{id}/return", "op mu"},
        {"/v1/unmatched_transfers/{id}/approvals", "op mu"},
        {"/v1/unmatched_transfers/{id}/rejections", "op mu"},
        {"/v1/wallets", "op mu"},
        {"/v1/wallets/{id}/codes", "op mu se"},
        {"/v1/codes/{id}/block", "op mu"},
        {"/v1/codes/{id}/reissue", "op mu"},
        {"/v1/wallets/{id}/cards", "op mu"},
        {"/v1/cards/{id}/retire", "op mu"},
        {"/v1/wallets/{id}/mykey_id", "op mu se"},
        {"/v1/wallets/{id}/mykey_id/revoke", "op mu se"},
        {"/v1/mykey_ids/{mykey_id}", "op mu"},
        {"/v1/wallets/{id}/balances", "op mu se"},
        {"/v1/wallets/{id}/entries", "op mu se"},
        {"/v1/wallets/{id}/expiry_notices", "op mu se"},
        {"/v1/wallets/{id}/statements/{month}", "op mu se"},
        {"/v1/merchants/{id}/statements/{month}", "op mu"},
        {"/v1/conversions", "op pa"},
        {"/v1/conversions/{id}", "op pa"},
        {"/v1/conversion_terms", "pa"},
        {"/v1/partners/{id}/conversion_terms", "op"},
        {"/v1/partners/{id}/conversion_terms/{number}/approvals", "op"},
        {"/v1/partners/{id}/conversion_terms/{number}/rejections", "op"},
        {"/v1/partners/{id}/reconciliations", "op pa"},
        {"/v1/coupons", "pa"},
        {"/v1/coupons/{id}", "op pa"},
        {"/v1/coupons/{id}/blocks", "op pa"},
        {"/v1/coupons/redemptions", "op mu se"},
        {"/v1/wallets/{id}/home_municipality", "op se"},
        {"/v1/wallets/{id}/transfers", "op se"},
        {"/v1/wallets/{id}/link_requests", "se"},
        {"/v1/wallets/{id}/links", "se"},
        {"/v1/links/{id}/revoke", "se"},
        {"POST /v1/wallets/{id}/linked_conversions", "se"},
        {"GET /v1/wallets/{id}/linked_conversions", "op se"},
        {"/v1/wallets/{id}/purchases", "op mu se"},
        {"/v1/wallets/{id}/mandates", "op mu se"},
        {"/v1/linked_conversions/{id}", "op se"},
        {"/v1/corrections", "op mu"},
        {"/v1/corrections/{id}/approvals", "op mu"},
        {"/v1/corrections/{id}/rejections", "op mu"},
        {"/v1/wallets/{id}/corrections", "op mu"},
        {"/v1/programs", "op mu"},
        {"/v1/merchants", "op mu"},
        {"/v1/merchants/{id}/terminals", "op mu"},
        {"/v1/merchants/{id}/shops", "op mu"},
        {"/v1/applications/municipalities", "op"},
        {"/v1/applications/merchants", "op mu"},
        {"/v1/applications", "op mu"},
        {"/v1/applications/{id}", "op mu"},
        {"/v1/applications/{id}/approvals", "op mu"},
        {"/v1/applications/{id}/refusals", "op mu"},
        {"/v1/merchants/{id}/account_changes", "op mu"},
        {"/v1/municipalities/{code}/account_changes", "op mu"},
        {"/v1/account_changes/{id}/approvals", "op mu"},
        {"/v1/account_changes/{id}/refusals", "op mu"},
        {"/v1/merchants/{id}/accounts", "op mu"},
        {"/v1/municipalities/{code}/accounts", "op mu"},
        {"/v1/merchants/{id}/activation_codes", "op mu"},
        {"/v1/merchants/{id}/activation_codes/{number}/revoke", "op mu"},
        {"/v1/merchants/{id}/balances", "op mu"},
        {"/v1/municipalities/{code}/staff", "op mu"},
        {"/v1/partners", "op"},
        {"/v1/operators", "op"},
        {"/v1/wallets/{id}/freeze", "op"},
        {"/v1/wallets/{id}/unfreeze", "op"},
        {"/v1/merchants/{id}/freeze", "op mu"},
        {"/v1/merchants/{id}/unfreeze", "op mu"},
        {"/v1/terminals/{id}/freeze", "op mu"},
        {"/v1/terminals/{id}/unfreeze", "op mu"},
        {"/v1/shops/{id}/freeze", "op mu"},
        {"/v1/shops/{id}/unfreeze", "op mu"},
        {"/v1/programs/{id}/freeze", "op mu"},
        {"/v1/programs/{id}/unfreeze", "op mu"},
        {"/v1/wallets/{id}/limits", "op"},
        {"/v1/programs/{id}/limits", "op mu"},
        {"/v1/merchants/{id}/limits", "op mu"},
        {"/v1/merchants/{id}/categories", "op mu"},
        {"/v1/terminals/{id}/limits", "op mu"},
        {"/v1/shops/{id}/limits", "op mu"},
        {"/v1/operators/{id}/keys", "op"},
        {"/v1/operators/{id}/keys/{number}/revoke", "op"},
        {"/v1/staff/{id}/keys", "op mu"},
        {"/v1/staff/{id}/keys/{number}/revoke", "op mu"},
        {"/v1/partners/{id}/keys", "op"},
        {"/v1/partners/{id}/keys/{number}/revoke", "op"},
        {"/v1/terminals/{id}/keys", "op mu"},
        {"/v1/terminals/{id}/keys/{number}/revoke", "op mu"},
        {"/v1/terminals/{id}/certificates", "op mu"},
        {"/v1/shops/{id}/keys", "op mu"},
        {"/v1/shops/{id}/keys/{number}/revoke", "op mu"},
        {"/v1/audit", "op"},
        {"/v1/ledger/trial_balance", "op mu"},
    };
    return by_pattern;
}

TEST(routes, open_to_their_roles_alone) {
    std::size_t seen = 0;
    for (const auto& one : all_resources()) {
        if (one.roles.empty()) continue;
        ++seen;
        const std::string_view method = one.method == http_method::get ? "GET" : "POST";
        const std::string pattern{one.pattern};
        auto expected = openers().find(std::string{method} + ' ' + pattern);
        if (expected == openers().end()) expected = openers().find(pattern);
        ASSERT_NE(expected, openers().end()) << pattern;
        for (const std::string_view role : {"op", "mu", "te", "sh", "pa", "se"}) {
            test::api_scene scene;
            scene.ask({.method = method, .target = one.pattern, .body = "[]", .key = role, .idempotency = "k"});
            const bool opens = expected->second.find(role) != std::string::npos;
            const bool refused = !scene.answers.given.empty() && scene.answers.given.front().status == 403;
            EXPECT_EQ(refused, !opens) << method << ' ' << one.pattern << ' ' << role;
        }
        test::api_scene scene;
        const auto without = scene.answer({.method = method, .target = one.pattern, .body = "{}", .key = ""});
        EXPECT_EQ(without.status, 401) << one.pattern;
        EXPECT_TRUE(without.www_authenticate);
        EXPECT_EQ(test::contract_fault(method, one.pattern, test::as_reply(without)), "");
    }
    // Authorizations, five holders' keys, certificates, campaigns, their recipients, events and claw-backs, MyKey IDs,
    // conversions, their terms, coupons, reconciliations, activation codes and categories: made and read under one
    // pattern.
    EXPECT_EQ(seen, openers().size() + 18);
}

TEST(routes, that_move_points_need_a_key) {
    const std::set<std::string_view> moving{"/v1/reversals",
                                            "/v1/grants",
                                            "/v1/conversions",
                                            "/v1/coupons/redemptions",
                                            "/v1/wallets/{id}/transfers",
                                            "/v1/wallets/{id}/linked_conversions",
                                            "/v1/corrections/{id}/approvals",
                                            "/v1/campaigns/{id}/grants",
                                            "/v1/campaigns/{id}/recipients",
                                            "/v1/campaigns/{id}/eligibility",
                                            "/v1/campaigns/{id}/applications",
                                            "/v1/event_redemptions",
                                            "/v1/campaigns/{id}/clawbacks/file",
                                            "/v1/clawbacks/{id}/approvals",
                                            "/v1/purchases",
                                            "/v1/purchases/{id}/refund/approvals",
                                            "/v1/unmatched_transfers/{id}/approvals"};
    for (const auto& one : all_resources()) {
        if (one.ask_line != nullptr) continue; // each line has one
        const bool moves = one.pattern.starts_with("/v1/authorizations") || moving.contains(one.pattern);
        EXPECT_EQ(one.needs_key, moves && one.method == http_method::post) << one.pattern;
    }
}

// A key with every scope but those of the route does not open it, and is told which it lacks; one with those alone
// does.
TEST(routes, open_to_their_scopes_alone) {
    for (const auto& one : all_resources()) {
        if (one.roles.empty()) {
            EXPECT_EQ(one.scopes, ledger::scope_set{}) << one.pattern;
            continue;
        }
        EXPECT_NE(one.scopes, ledger::scope_set{}) << one.pattern;
        const std::string_view method = one.method == http_method::get ? "GET" : "POST";
        const auto opens_to = [&one](ledger::caller_kind kind) { return one.roles.contains(kind); };
        const std::string_view role = opens_to(ledger::caller_kind::operator_)    ? "op"
                                    : opens_to(ledger::caller_kind::municipality) ? "mu"
                                    : opens_to(ledger::caller_kind::resident)     ? "se"
                                    : opens_to(ledger::caller_kind::partner)      ? "pa"
                                                                                  : "te";
        const auto ask = [&](ledger::scope_set scopes) {
            test::api_scene scene;
            if (role == "se")
                scene.session =
                    scene.people.sessions
                        .open(ledger::wallet_id{3}, {.card = 1, .scopes = scopes}, ledger::instant{test::scene_now_ms})
                        ->token;
            else
                scene.ledger.bearers[scene.key_of(role)].scopes = scopes;
            scene.ask({.method = method, .target = one.pattern, .body = "[]", .key = role, .idempotency = "k"});
            return scene.answers.given.empty() ? http_response{} : scene.answers.given.front();
        };
        ledger::scope_set others;
        for (std::size_t i = 0; i < ledger::scope_count; ++i)
            if (const auto other = static_cast<ledger::scope>(i); !one.scopes.contains(other))
                others = others | ledger::scope_set{other};
        const auto refused = ask(others);
        EXPECT_EQ(test::member(refused.body, "code"), "scope_missing") << one.pattern;
        EXPECT_EQ(test::contract_fault(method, one.pattern, test::as_reply(refused)), "");
        for (std::size_t i = 0; i < ledger::scope_count; ++i) {
            const auto wanted = static_cast<ledger::scope>(i);
            const bool is_named = test::member(refused.body, "detail").find(name_of(wanted)) != std::string::npos;
            EXPECT_TRUE(is_named || !one.scopes.contains(wanted)) << one.pattern;
        }
        EXPECT_NE(ask(one.scopes).status, 403) << one.pattern;
    }
}

// Whatever a resident may ask of a wallet, there is none but their own.
TEST(routes, show_residents_no_wallet_but_their_own) {
    std::size_t seen = 0;
    for (const auto& one : all_resources()) {
        const bool is_of_a_wallet = one.pattern.starts_with("/v1/wallets/{id}");
        if (!one.roles.contains(ledger::caller_kind::resident) || !is_of_a_wallet) continue;
        ++seen;
        const std::string_view method = one.method == http_method::get ? "GET" : "POST";
        for (const std::uint64_t wallet : {std::uint64_t{3}, std::uint64_t{4}}) {
            test::api_scene scene;
            const auto named = std::string{one.pattern}.replace(12, 4, test::wallet_id(wallet));
            const auto month = named.find("{month}");
            const auto target = month == std::string::npos ? named : named.substr(0, month) + "2026-01";
            scene.ask({.method = method, .target = target, .body = "[]", .key = "se", .idempotency = "k"});
            const bool is_hidden = !scene.answers.given.empty() && scene.answers.given.front().status == 404;
            EXPECT_EQ(is_hidden, wallet != 3) << method << ' ' << target;
        }
    }
    EXPECT_EQ(seen, 19U);
}

TEST(routes, say_what_a_key_without_scopes_opens) {
    using enum ledger::scope;
    const auto outlets = ledger::scope_set{payments} | ledger::scope_set{payments_read} | ledger::scope_set{refunds};
    EXPECT_EQ(scopes_open_to(ledger::caller_kind::terminal), outlets);
    EXPECT_EQ(scopes_open_to(ledger::caller_kind::shop), outlets);
    EXPECT_EQ(scopes_open_to(ledger::caller_kind::partner), ledger::scope_set{conversions});
    EXPECT_TRUE(scopes_open_to(ledger::caller_kind::operator_).contains(audit));
    EXPECT_FALSE(scopes_open_to(ledger::caller_kind::municipality).contains(audit));
    EXPECT_FALSE(scopes_open_to(ledger::caller_kind::operator_).contains(payments));
}

TEST(routes, each_either_asks_or_answers_or_asks_line_by_line) {
    for (const auto& one : all_resources()) {
        const int ways = (one.ask != nullptr) + (one.answer != nullptr) + (one.ask_line != nullptr) +
                         (one.ask_slowly != nullptr) + (one.ask_outside != nullptr) + (one.compare != nullptr);
        const bool is_of_the_past = ways == 0 && one.look_back_at_once != nullptr;
        EXPECT_NE(ways == 1, is_of_the_past) << one.pattern;
        const bool logs_in = one.pattern.ends_with("/sessions") || one.pattern == "/v1/support_sessions";
        const bool checks_out = one.pattern == "/v1/checkout_sessions" || one.in_steps;
        EXPECT_EQ(one.render != nullptr,
                  checks_out || (one.ask != nullptr && (one.method == http_method::get || logs_in)))
            << one.pattern;
    }
}

} // namespace
} // namespace meguri::net
