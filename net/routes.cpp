#include "net/routes.hpp"

#include "net/openapi_text.hpp"
#include "net/resource_freezes.hpp"
#include "net/resource_ledger.hpp"
#include "net/resource_parties.hpp"
#include "net/resource_payments.hpp"
#include "net/resource_wallets.hpp"

#include <array>

namespace meguri::net {
namespace {

constexpr auto get = http_method::get;
constexpr auto post = http_method::post;

constexpr role_set operator_ = ledger::caller_kind::operator_;
constexpr role_set staff = ledger::caller_kind::municipality;
constexpr role_set outlets = role_set{ledger::caller_kind::terminal} | ledger::caller_kind::shop;
constexpr role_set office = operator_ | staff;
constexpr role_set everybody{};

constexpr bool moves_points = true; // so it needs an Idempotency-Key

problem_or_none get_openapi(call&, http_response& answer) {
    answer.content_type = "application/yaml";
    answer.body = openapi_text();
    return std::nullopt;
}

constexpr resource reads(std::string_view pattern, role_set roles, problem_or_none (*answer)(call&, http_response&)) {
    return {get, pattern, roles, false, nullptr, answer, nullptr};
}
constexpr resource reads(std::string_view pattern, role_set roles, asked (*ask)(call&),
                         problem_or_none (*render)(rendering&)) {
    return {get, pattern, roles, false, ask, nullptr, render};
}
constexpr resource commands(std::string_view pattern, role_set roles, asked (*ask)(call&), bool needs_key = false) {
    return {post, pattern, roles, needs_key, ask, nullptr, nullptr};
}

using subject = ledger::freeze_subject;
constexpr bool frozen = true;

constexpr std::array table{
    commands("/v1/authorizations", outlets, authorize_payment, moves_points),
    reads("/v1/authorizations/{id}", outlets, get_authorization),
    reads("/v1/authorizations", outlets, find_authorizations),

    commands("/v1/grants", office, grant_points, moves_points),
    commands("/v1/wallets", office, open_wallet),
    commands("/v1/wallets/{id}/codes", office, issue_code),
    reads("/v1/wallets/{id}/balances", office, read_wallet_balances, render_wallet_balances),
    reads("/v1/wallets/{id}/entries", office, read_wallet_entries, render_wallet_entries),

    commands("/v1/programs", office, open_program),
    commands("/v1/merchants", office, join_merchant),
    commands("/v1/merchants/{id}/terminals", office, add_terminal),
    commands("/v1/merchants/{id}/shops", office, add_shop),
    reads("/v1/merchants/{id}/balances", office, read_merchant_balances, render_merchant_balances),
    commands("/v1/municipalities/{code}/staff", office, add_staff),
    commands("/v1/partners", operator_, add_partner),
    commands("/v1/operators", operator_, add_operator),

    commands("/v1/wallets/{id}/freeze", operator_, set_freeze<subject::wallet, frozen>),
    commands("/v1/wallets/{id}/unfreeze", operator_, set_freeze<subject::wallet, !frozen>),
    commands("/v1/merchants/{id}/freeze", office, set_freeze<subject::merchant, frozen>),
    commands("/v1/merchants/{id}/unfreeze", office, set_freeze<subject::merchant, !frozen>),
    commands("/v1/terminals/{id}/freeze", office, set_freeze<subject::terminal, frozen>),
    commands("/v1/terminals/{id}/unfreeze", office, set_freeze<subject::terminal, !frozen>),
    commands("/v1/shops/{id}/freeze", office, set_freeze<subject::shop, frozen>),
    commands("/v1/shops/{id}/unfreeze", office, set_freeze<subject::shop, !frozen>),
    commands("/v1/programs/{id}/freeze", office, set_freeze<subject::program, frozen>),
    commands("/v1/programs/{id}/unfreeze", office, set_freeze<subject::program, !frozen>),

    reads("/v1/ledger/trial_balance", office, get_trial_balance),
    reads("/openapi.yaml", everybody, get_openapi),
};

} // namespace

std::span<const resource> all_resources() noexcept { return table; }

std::vector<route> all_routes() {
    std::vector<route> routes;
    for (const auto& one : table)
        routes.push_back({one.method, one.pattern, static_cast<std::uint16_t>(routes.size())});
    return routes;
}

} // namespace meguri::net
