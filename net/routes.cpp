#include "net/routes.hpp"

#include "net/openapi_text.hpp"
#include "net/resource_corrections.hpp"
#include "net/resource_freezes.hpp"
#include "net/resource_ledger.hpp"
#include "net/resource_limits.hpp"
#include "net/resource_parties.hpp"
#include "net/resource_payments.hpp"
#include "net/resource_statements.hpp"
#include "net/resource_undecided.hpp"
#include "net/resource_wallets.hpp"

#include <array>

namespace meguri::net {
namespace {

constexpr auto get = http_method::get;
constexpr auto post = http_method::post;

constexpr role_set operators{ledger::caller_kind::operator_};
constexpr role_set staff{ledger::caller_kind::municipality};
constexpr role_set outlets = role_set{ledger::caller_kind::terminal} | role_set{ledger::caller_kind::shop};
constexpr role_set office = operators | staff;
constexpr role_set everybody{};

constexpr bool moves_points = true; // so it needs an Idempotency-Key

problem_or_none get_openapi(call&, http_response& answer) {
    answer.content_type = "application/yaml";
    answer.body = openapi_text();
    return std::nullopt;
}

constexpr resource reads(std::string_view pattern, role_set roles, problem_or_none (*answer)(call&, http_response&),
                         tl::expected<past_question, problem> (*look_back)(call&) = nullptr) {
    return {get, pattern, roles, false, nullptr, answer, nullptr, nullptr, look_back};
}
constexpr resource reads(std::string_view pattern, role_set roles, asked (*ask)(call&),
                         problem_or_none (*render)(rendering&),
                         past_question (*look_back)(const actors::operation&, const storage::key_ring&) = nullptr) {
    return {get, pattern, roles, false, ask, nullptr, render, look_back, nullptr};
}
constexpr resource commands(std::string_view pattern, role_set roles, asked (*ask)(call&), bool needs_key = false) {
    return {post, pattern, roles, needs_key, ask, nullptr, nullptr, nullptr, nullptr};
}

using limited = ledger::limit_subject;
using subject = ledger::freeze_subject;
constexpr bool frozen = true;

constexpr std::array table{
    commands("/v1/authorizations", outlets, authorize_payment, moves_points),
    reads("/v1/authorizations/{id}", outlets, read_authorization, render_authorization_read),
    reads("/v1/authorizations", outlets, find_authorizations),
    commands("/v1/authorizations/{id}/captures", outlets, capture_authorization, moves_points),
    commands("/v1/authorizations/{id}/voids", outlets, void_authorization, moves_points),
    commands("/v1/authorizations/{id}/refunds", outlets, refund_authorization, moves_points),
    commands("/v1/reversals", outlets, reverse_attempt, moves_points),

    commands("/v1/grants", office, grant_points, moves_points),
    commands("/v1/wallets", office, open_wallet),
    commands("/v1/wallets/{id}/codes", office, issue_code),
    reads("/v1/wallets/{id}/balances", office, read_wallet_balances, render_wallet_balances,
          look_back_at_wallet_balances),
    reads("/v1/wallets/{id}/statements/{month}", office, read_wallet_statement, render_no_statement,
          look_back_at_wallet_statement),
    reads("/v1/wallets/{id}/expiry_notices", office, read_wallet_as_it_stands, render_expiry_notices),
    reads("/v1/wallets/{id}/entries", office, read_wallet_entries, render_wallet_entries),

    commands("/v1/conversions", operators, credit_undecided, moves_points),
    commands("/v1/wallets/{id}/home_municipality", operators, choose_home),
    commands("/v1/wallets/{id}/transfers", operators, transfer_undecided, moves_points),

    commands("/v1/corrections", office, propose_correction),
    commands("/v1/corrections/{id}/approvals", office, approve_correction, moves_points),
    commands("/v1/corrections/{id}/rejections", office, reject_correction),
    reads("/v1/wallets/{id}/corrections", office, read_wallet_as_it_stands, render_corrections_read),

    commands("/v1/programs", office, open_program),
    commands("/v1/merchants", office, join_merchant),
    commands("/v1/merchants/{id}/terminals", office, add_terminal),
    commands("/v1/merchants/{id}/shops", office, add_shop),
    reads("/v1/merchants/{id}/balances", office, read_merchant_balances, render_merchant_balances,
          look_back_at_merchant_balances),
    reads("/v1/merchants/{id}/statements/{month}", office, read_merchant_statement, render_no_statement,
          look_back_at_merchant_statement),
    commands("/v1/municipalities/{code}/staff", office, add_staff),
    commands("/v1/partners", operators, add_partner),
    commands("/v1/operators", operators, add_operator),

    commands("/v1/wallets/{id}/freeze", operators, set_freeze<subject::wallet, frozen>),
    commands("/v1/wallets/{id}/unfreeze", operators, set_freeze<subject::wallet, !frozen>),
    commands("/v1/merchants/{id}/freeze", office, set_freeze<subject::merchant, frozen>),
    commands("/v1/merchants/{id}/unfreeze", office, set_freeze<subject::merchant, !frozen>),
    commands("/v1/terminals/{id}/freeze", office, set_freeze<subject::terminal, frozen>),
    commands("/v1/terminals/{id}/unfreeze", office, set_freeze<subject::terminal, !frozen>),
    commands("/v1/shops/{id}/freeze", office, set_freeze<subject::shop, frozen>),
    commands("/v1/shops/{id}/unfreeze", office, set_freeze<subject::shop, !frozen>),
    commands("/v1/programs/{id}/freeze", office, set_freeze<subject::program, frozen>),
    commands("/v1/programs/{id}/unfreeze", office, set_freeze<subject::program, !frozen>),

    commands("/v1/wallets/{id}/limits", operators, set_limits<limited::wallet>),
    commands("/v1/programs/{id}/limits", office, set_limits<limited::program>),
    commands("/v1/merchants/{id}/limits", office, set_limits<limited::merchant>),
    commands("/v1/terminals/{id}/limits", office, set_limits<limited::terminal>),
    commands("/v1/shops/{id}/limits", office, set_limits<limited::shop>),

    reads("/v1/ledger/trial_balance", office, get_trial_balance, look_back_at_trial_balance),
    reads("/openapi.yaml", everybody, get_openapi),
};

} // namespace

std::span<const resource> all_resources() noexcept { return table; }

std::string_view name_of(http_method method) noexcept {
    constexpr std::array<std::string_view, 8> names{"GET",   "HEAD",   "POST",    "PUT",
                                                    "PATCH", "DELETE", "OPTIONS", "other"};
    return names.at(static_cast<std::size_t>(method));
}

std::string route_name(std::size_t place) {
    const auto known = all_resources();
    if (place >= known.size()) return "unrouted";
    return std::string{name_of(known[place].method)} + ' ' + std::string{known[place].pattern};
}

std::vector<route> all_routes() {
    std::vector<route> routes;
    routes.reserve(table.size());
    for (const auto& one : table)
        routes.push_back({one.method, one.pattern, static_cast<std::uint16_t>(routes.size())});
    return routes;
}

} // namespace meguri::net
