#include "net/routes.hpp"

#include "net/bulk_form.hpp"
#include "net/openapi_text.hpp"
#include "net/resource_accounts.hpp"
#include "net/resource_activations.hpp"
#include "net/resource_applications.hpp"
#include "net/resource_audit.hpp"
#include "net/resource_bank_statements.hpp"
#include "net/resource_benefits.hpp"
#include "net/resource_campaigns.hpp"
#include "net/resource_cards.hpp"
#include "net/resource_categories.hpp"
#include "net/resource_certificates.hpp"
#include "net/resource_clawbacks.hpp"
#include "net/resource_conversions.hpp"
#include "net/resource_corrections.hpp"
#include "net/resource_debits.hpp"
#include "net/resource_freezes.hpp"
#include "net/resource_gateway.hpp"
#include "net/resource_keys.hpp"
#include "net/resource_ledger.hpp"
#include "net/resource_limits.hpp"
#include "net/resource_links.hpp"
#include "net/resource_mandates.hpp"
#include "net/resource_my_keys.hpp"
#include "net/resource_parties.hpp"
#include "net/resource_passwords.hpp"
#include "net/resource_payments.hpp"
#include "net/resource_purchases.hpp"
#include "net/resource_recipients.hpp"
#include "net/resource_reconciliations.hpp"
#include "net/resource_recoveries.hpp"
#include "net/resource_sessions.hpp"
#include "net/resource_statements.hpp"
#include "net/resource_transfers.hpp"
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
constexpr role_set resident{ledger::caller_kind::resident}; // of a wallet: of their own
constexpr role_set partners{ledger::caller_kind::partner};
constexpr role_set convertors = operators | partners;
constexpr role_set everybody{};

// Their key is shown, so whoever adds them has to be somebody who gives out keys.
constexpr ledger::scope_set new_outlets =
    ledger::scope_set{ledger::scope::merchants} | ledger::scope_set{ledger::scope::keys};

constexpr bool moves_points = true; // so it needs an Idempotency-Key

problem_or_none get_openapi(call&, http_response& answer) {
    answer.content_type = "application/yaml";
    answer.body = openapi_text();
    return std::nullopt;
}

using ledger::scope;
using ledger::scope_set;

constexpr resource reads(std::string_view pattern, role_set roles, scope_set scopes,
                         problem_or_none (*answer)(call&, http_response&),
                         tl::expected<past_question, problem> (*look_back)(call&) = nullptr) {
    return {get, pattern, roles, scopes, false, nullptr, answer, nullptr, nullptr, look_back};
}
constexpr resource reads(std::string_view pattern, role_set roles, scope one, asked (*ask)(call&),
                         problem_or_none (*render)(rendering&),
                         past_question (*look_back)(const actors::operation&, const storage::key_ring&) = nullptr) {
    return {get, pattern, roles, scope_set{one}, false, ask, nullptr, render, look_back, nullptr};
}
constexpr resource commands(std::string_view pattern, role_set roles, scope_set scopes, asked (*ask)(call&),
                            bool needs_key = false) {
    return {post, pattern, roles, scopes, needs_key, ask, nullptr, nullptr, nullptr, nullptr};
}
// A POST that is answered at once.
constexpr resource answers(std::string_view pattern, role_set roles, scope_set scopes,
                           problem_or_none (*answer)(call&, http_response&)) {
    return {.method = post, .pattern = pattern, .roles = roles, .scopes = scopes, .answer = answer};
}
constexpr resource logs_in(std::string_view pattern, role_set roles, scope_set scopes, asked (*ask)(call&),
                           problem_or_none (*render)(rendering&)) {
    return {.method = post, .pattern = pattern, .roles = roles, .scopes = scopes, .ask = ask, .render = render};
}
constexpr resource works(std::string_view pattern, role_set roles, scope_set scopes,
                         tl::expected<slow_work, problem> (*ask_slowly)(call&),
                         problem_or_none (*render)(rendering&) = nullptr) {
    return {.method = post,
            .pattern = pattern,
            .roles = roles,
            .scopes = scopes,
            .render = render,
            .ask_slowly = ask_slowly};
}
constexpr resource works_in_steps(std::string_view pattern, role_set roles, scope_set scopes,
                                  tl::expected<slow_work, problem> (*ask_slowly)(call&),
                                  problem_or_none (*render)(rendering&)) {
    auto one = works(pattern, roles, scopes, ask_slowly, render);
    one.in_steps = true;
    return one;
}
constexpr resource asks_outside(std::string_view pattern, role_set roles, scope_set scopes,
                                outside_work (*ask)(call&)) {
    return {.method = post, .pattern = pattern, .roles = roles, .scopes = scopes, .ask_outside = ask};
}
constexpr resource bulk(std::string_view pattern, role_set roles, scope one,
                        asked (*ask_line)(call&, std::string_view, std::string&), const bulk_form& form) {
    return {.method = post,
            .pattern = pattern,
            .roles = roles,
            .scopes = scope_set{one},
            .ask_line = ask_line,
            .form = &form};
}
constexpr resource looks_back(std::string_view pattern, role_set roles, scope one,
                              tl::expected<past_question, problem> (*ask)(call&)) {
    return {.method = get, .pattern = pattern, .roles = roles, .scopes = scope_set{one}, .look_back_at_once = ask};
}
constexpr resource compares(std::string_view pattern, role_set roles, scope one,
                            tl::expected<past_question, problem> (*compare)(call&)) {
    return {.method = post,
            .pattern = pattern,
            .roles = roles,
            .scopes = scope_set{one},
            .compare = compare,
            .takes_csv = true};
}
constexpr resource takes_file(std::string_view pattern, role_set roles, scope one, asked (*ask)(call&)) {
    return {.method = post,
            .pattern = pattern,
            .roles = roles,
            .scopes = scope_set{one},
            .needs_key = true,
            .ask = ask,
            .takes_csv = true};
}
constexpr resource commands(std::string_view pattern, role_set roles, scope one, asked (*ask)(call&),
                            bool needs_key = false) {
    return commands(pattern, roles, scope_set{one}, ask, needs_key);
}

using limited = ledger::limit_subject;
using mandate = ledger::mandate_status;
using subject = ledger::freeze_subject;
using holder = ledger::caller_kind;
constexpr bool frozen = true;
constexpr bool reissue = true;

constexpr std::array table{
    commands("/v1/authorizations", outlets, scope::payments, authorize_payment, moves_points),
    bulk("/v1/authorizations/bulk", outlets, scope::payments, authorize_line, authorizations_form),
    reads("/v1/authorizations/{id}", outlets, scope::payments_read, read_authorization, render_authorization_read),
    reads("/v1/authorizations", outlets, scope_set{scope::payments_read}, find_authorizations),
    commands("/v1/authorizations/{id}/captures", outlets, scope::payments, capture_authorization, moves_points),
    commands("/v1/authorizations/{id}/voids", outlets, scope::payments, void_authorization, moves_points),
    commands("/v1/authorizations/{id}/refunds", outlets, scope::refunds, refund_authorization, moves_points),
    commands("/v1/reversals", outlets, scope::payments, reverse_attempt, moves_points),

    answers("/v1/challenges", everybody, scope_set{}, open_challenge),
    logs_in("/v1/sessions", everybody, scope_set{}, log_in_by_card, render_session),
    logs_in("/v1/support_sessions", staff, scope_set{scope::wallets}, log_in_at_desk, render_support_session),
    reads("/v1/sessions", resident, scope_set{scope::wallets}, list_sessions),
    answers("/v1/sessions/revoke", resident, scope_set{scope::wallets}, revoke_all_sessions),
    answers("/v1/sessions/{id}/revoke", resident, scope_set{scope::wallets}, revoke_session),
    commands("/v1/wallets/{id}/card_renewals", resident, scope::wallets, renew_card),
    works("/v1/wallets/{id}/password", resident, scope_set{scope::wallets}, set_password),
    works("/v1/checkout_sessions", everybody, scope_set{}, log_in_by_password, render_checkout_session),
    works_in_steps("/v1/card_recoveries", everybody, scope_set{}, recover_card, render_session),

    commands("/v1/grants", office, scope::grants, grant_points, moves_points),
    commands("/v1/programs/{code}/campaigns", office, scope::grants, propose_campaign),
    reads("/v1/programs/{code}/campaigns", office, scope::grants, read_campaigns, render_campaigns_read),
    reads("/v1/campaigns/{id}", office, scope::grants, read_campaign, render_campaign_read),
    commands("/v1/campaigns/{id}/approvals", office, scope::grants, approve_campaign),
    commands("/v1/campaigns/{id}/rejections", office, scope::grants, reject_campaign),
    commands("/v1/campaigns/{id}/closing", office, scope::grants, close_campaign),
    commands("/v1/campaigns/{id}/increases", office, scope::grants, propose_increase),
    commands("/v1/campaigns/{id}/increases/{number}/approvals", office, scope::grants, approve_increase),
    commands("/v1/campaigns/{id}/increases/{number}/rejections", office, scope::grants, reject_increase),
    commands("/v1/campaigns/{id}/grants", office, scope::grants, grant_from_campaign, moves_points),
    takes_file("/v1/campaigns/{id}/recipients", office, scope::grants, accept_recipients),
    reads("/v1/campaigns/{id}/recipients", office, scope::grants, read_recipient_files, render_recipient_files_read),
    reads("/v1/recipients/{id}", office, scope::grants, read_recipients, render_recipients_read),
    reads("/v1/recipients/{id}/report", office, scope::grants, read_recipients_report, render_recipients_report),
    takes_file("/v1/campaigns/{id}/eligibility", office, scope::grants, accept_eligibility),
    commands("/v1/campaigns/{id}/eligibility/approvals", office, scope::grants, approve_eligibility),
    commands("/v1/campaigns/{id}/eligibility/rejections", office, scope::grants, reject_eligibility),
    reads("/v1/campaigns/{id}/eligibility_key", office, scope_set{scope::grants}, get_eligibility_key),
    commands("/v1/campaigns/{id}/applications", resident, scope::wallets, apply_for_benefit, moves_points),
    commands("/v1/campaigns/{id}/events", office, scope::grants, open_event),
    reads("/v1/campaigns/{id}/events", office, scope::grants, read_events, render_events_read),
    commands("/v1/events/{id}/closing", office, scope::grants, close_event),
    reads("/v1/events/{id}/code", office, scope_set{scope::grants}, get_event_code),
    commands("/v1/campaigns/{id}/clawbacks", office, scope::grants, propose_clawback_of_all),
    reads("/v1/campaigns/{id}/clawbacks", office, scope::grants, read_clawbacks, render_clawbacks_read),
    takes_file("/v1/campaigns/{id}/clawbacks/file", office, scope::grants, propose_clawback_of_file),
    commands("/v1/clawbacks/{id}/approvals", office, scope::grants, approve_clawback, moves_points),
    commands("/v1/clawbacks/{id}/rejections", office, scope::grants, reject_clawback),
    reads("/v1/clawbacks/{id}", office, scope::grants, read_clawback, render_clawback_read),
    reads("/v1/clawbacks/{id}/report", office, scope::grants, read_clawback_report, render_clawback_report),
    commands("/v1/event_redemptions", resident, scope::wallets, redeem_event, moves_points),
    commands("/v1/wallets", office, scope::wallets, open_wallet),
    commands("/v1/wallets/{id}/codes", office | resident, scope::codes, issue_code),
    commands("/v1/codes/{id}/block", office, scope::codes, block_code<!reissue>),
    commands("/v1/codes/{id}/reissue", office, scope::codes, block_code<reissue>),
    commands("/v1/wallets/{id}/cards", office, scope::codes, bind_card),
    commands("/v1/cards/{id}/retire", office, scope::codes, retire_card),
    reads("/v1/wallets/{id}/balances", office | resident, scope::wallets_read, read_wallet_balances,
          render_wallet_balances, look_back_at_wallet_balances),
    reads("/v1/wallets/{id}/statements/{month}", office | resident, scope::wallets_read, read_wallet_statement,
          render_no_statement, look_back_at_wallet_statement),
    reads("/v1/wallets/{id}/expiry_notices", office | resident, scope::wallets_read, read_wallet_as_it_stands,
          render_expiry_notices),
    reads("/v1/wallets/{id}/entries", office | resident, scope::wallets_read, read_wallet_entries,
          render_wallet_entries),

    commands("/v1/wallets/{id}/mykey_id", office | resident, scope::wallets, issue_my_key),
    reads("/v1/wallets/{id}/mykey_id", office | resident, scope::wallets_read, read_wallet_as_it_stands, render_my_key),
    commands("/v1/wallets/{id}/mykey_id/revoke", office | resident, scope::wallets, revoke_my_key),
    reads("/v1/mykey_ids/{mykey_id}", office, scope_set{scope::wallets_read}, get_my_key_owner),

    commands("/v1/programs/{id}/purchase_settings", office, scope::programs, set_purchase_terms),
    commands("/v1/purchases", office | resident, scope::grants, request_purchase, moves_points),
    reads("/v1/purchases/{id}", office | resident, scope_set{scope::grants}, get_purchase),
    reads("/v1/wallets/{id}/purchases", office | resident, scope_set{scope::grants}, list_purchases),
    commands("/v1/purchases/{id}/cancellation", office | resident, scope::grants, cancel_purchase),
    commands("/v1/purchases/{id}/refund", office, scope::grants, propose_refund),
    commands("/v1/purchases/{id}/refund/approvals", office, scope::grants, approve_refund, moves_points),
    commands("/v1/purchases/{id}/refund/rejections", office, scope::grants, reject_refund),
    commands("/v1/gateway/events", everybody, scope_set{}, take_gateway_event),
    commands("/v1/mandates", office | resident, scope::grants, request_mandate),
    reads("/v1/mandates/{id}", office | resident, scope_set{scope::grants}, get_mandate),
    reads("/v1/wallets/{id}/mandates", office | resident, scope_set{scope::grants}, list_mandates),
    commands("/v1/mandates/{id}/confirmation", office, scope::grants, change_mandate<mandate::confirmed>),
    commands("/v1/mandates/{id}/refusal", office, scope::grants, change_mandate<mandate::refused>),
    commands("/v1/mandates/{id}/end", office | resident, scope::grants, change_mandate<mandate::ended>),
    commands("/v1/debit_orders", office, scope::grants, order_debits),
    looks_back("/v1/debit_orders/{id}", office, scope::grants, look_up_debit_order),
    looks_back("/v1/debit_orders/{id}/file", office, scope::grants, write_debit_order_file),
    bulk("/v1/debit_orders/{id}/results", office, scope::grants, take_debit_record, debit_results_form),
    bulk("/v1/bank_statements", office, scope::grants, take_statement_line, statement_form),
    reads("/v1/unmatched_transfers", office, scope::grants, read_transfers, render_transfers_read),
    reads("/v1/unmatched_transfers/{id}", office, scope_set{scope::grants}, get_transfer),
    commands("/v1/unmatched_transfers/{id}/assignment", office, scope::grants, propose_assignment),
    commands("/v1/unmatched_transfers/{id}/return", office, scope::grants, propose_return),
    commands("/v1/unmatched_transfers/{id}/approvals", office, scope::grants, approve_transfer, moves_points),
    commands("/v1/unmatched_transfers/{id}/rejections", office, scope::grants, reject_transfer),

    commands("/v1/conversions", convertors, scope::conversions, convert_points, moves_points),
    reads("/v1/conversions", convertors, scope_set{scope::conversions}, find_conversion),
    reads("/v1/conversions/{id}", convertors, scope_set{scope::conversions}, get_conversion),
    commands("/v1/partners/{id}/conversion_terms", operators, scope::conversions, propose_conversion_terms),
    reads("/v1/partners/{id}/conversion_terms", operators, scope::conversions, read_conversion_terms,
          render_conversion_terms),
    commands("/v1/partners/{id}/conversion_terms/{number}/approvals", operators, scope::conversions,
             approve_conversion_terms),
    commands("/v1/partners/{id}/conversion_terms/{number}/rejections", operators, scope::conversions,
             reject_conversion_terms),
    compares("/v1/partners/{id}/reconciliations", convertors, scope::conversions, reconcile),
    reads("/v1/partners/{id}/reconciliations", convertors, scope_set{scope::conversions}, get_reconciliations),
    reads("/v1/conversion_terms", partners, scope::conversions, read_own_conversion_terms, render_conversion_terms),
    commands("/v1/coupons", partners, scope::conversions, issue_coupon),
    reads("/v1/coupons", partners, scope_set{scope::conversions}, get_coupons),
    reads("/v1/coupons/{id}", convertors, scope_set{scope::conversions}, get_coupon),
    commands("/v1/coupons/{id}/blocks", convertors, scope::conversions, block_coupon),
    commands("/v1/coupons/redemptions", office | resident, scope::wallets, redeem_coupon, moves_points),
    commands("/v1/wallets/{id}/home_municipality", operators | resident, scope::wallets, choose_home),
    commands("/v1/wallets/{id}/transfers", operators | resident, scope::wallets, transfer_undecided, moves_points),

    answers("/v1/wallets/{id}/link_requests", resident, scope_set{scope::wallets}, begin_link),
    asks_outside("/v1/wallets/{id}/links", resident, scope_set{scope::wallets}, finish_link),
    reads("/v1/wallets/{id}/links", resident, scope_set{scope::wallets_read}, list_links),
    commands("/v1/links/{id}/revoke", resident, scope::wallets, end_link),
    commands("/v1/wallets/{id}/linked_conversions", resident, scope::wallets, convert_linked, moves_points),
    reads("/v1/wallets/{id}/linked_conversions", operators | resident, scope_set{scope::wallets_read},
          list_linked_conversions),
    reads("/v1/linked_conversions/{id}", operators | resident, scope_set{scope::wallets_read}, get_linked_conversion),

    commands("/v1/corrections", office, scope::corrections, propose_correction),
    commands("/v1/corrections/{id}/approvals", office, scope::corrections, approve_correction, moves_points),
    commands("/v1/corrections/{id}/rejections", office, scope::corrections, reject_correction),
    reads("/v1/wallets/{id}/corrections", office, scope::corrections, read_wallet_as_it_stands,
          render_corrections_read),

    commands("/v1/programs", office, scope::programs, open_program),
    commands("/v1/merchants", office, scope::merchants, join_merchant),
    commands("/v1/merchants/{id}/terminals", office, new_outlets, add_terminal),
    commands("/v1/merchants/{id}/activation_codes", office, new_outlets, issue_activation),
    reads("/v1/merchants/{id}/activation_codes", office, scope::merchants, read_activations, render_activations),
    commands("/v1/merchants/{id}/activation_codes/{number}/revoke", office, scope::keys, revoke_activation),
    commands("/v1/terminals/activations", everybody, scope_set{}, activate_terminal),
    commands("/v1/merchants/{id}/shops", office, new_outlets, add_shop),
    reads("/v1/merchants/{id}/balances", office, scope::merchants_read, read_merchant_balances,
          render_merchant_balances, look_back_at_merchant_balances),
    reads("/v1/merchants/{id}/statements/{month}", office, scope::merchants_read, read_merchant_statement,
          render_no_statement, look_back_at_merchant_statement),
    commands("/v1/applications/municipalities", operators, scope::programs, submit_municipality),
    commands("/v1/applications/merchants", office, scope::merchants, submit_merchant),
    reads("/v1/applications", office, scope_set{scope::merchants}, get_applications),
    reads("/v1/applications/{id}", office, scope_set{scope::merchants}, get_application),
    commands("/v1/applications/{id}/approvals", office, scope::merchants, approve_application),
    commands("/v1/applications/{id}/refusals", office, scope::merchants, refuse_application),
    commands("/v1/merchants/{id}/account_changes", office, scope::merchants, propose_merchant_account),
    commands("/v1/municipalities/{code}/account_changes", office, scope::merchants, propose_municipality_account),
    commands("/v1/account_changes/{id}/approvals", office, scope::merchants, approve_account),
    commands("/v1/account_changes/{id}/refusals", office, scope::merchants, refuse_account),
    reads("/v1/merchants/{id}/accounts", office, scope::merchants, read_merchant_accounts, render_merchant_accounts),
    reads("/v1/municipalities/{code}/accounts", office, scope_set{scope::merchants}, get_municipality_accounts),
    commands("/v1/municipalities/{code}/staff", office, scope::keys, add_staff),
    commands("/v1/partners", operators, scope::keys, add_partner),
    commands("/v1/operators", operators, scope::keys, add_operator),

    commands("/v1/wallets/{id}/freeze", operators, scope::freezes, set_freeze<subject::wallet, frozen>),
    commands("/v1/wallets/{id}/unfreeze", operators, scope::freezes, set_freeze<subject::wallet, !frozen>),
    commands("/v1/merchants/{id}/freeze", office, scope::freezes, set_freeze<subject::merchant, frozen>),
    commands("/v1/merchants/{id}/unfreeze", office, scope::freezes, set_freeze<subject::merchant, !frozen>),
    commands("/v1/terminals/{id}/freeze", office, scope::freezes, set_freeze<subject::terminal, frozen>),
    commands("/v1/terminals/{id}/unfreeze", office, scope::freezes, set_freeze<subject::terminal, !frozen>),
    commands("/v1/shops/{id}/freeze", office, scope::freezes, set_freeze<subject::shop, frozen>),
    commands("/v1/shops/{id}/unfreeze", office, scope::freezes, set_freeze<subject::shop, !frozen>),
    commands("/v1/programs/{id}/freeze", office, scope::freezes, set_freeze<subject::program, frozen>),
    commands("/v1/programs/{id}/unfreeze", office, scope::freezes, set_freeze<subject::program, !frozen>),

    commands("/v1/wallets/{id}/limits", operators, scope::limits, set_limits<limited::wallet>),
    commands("/v1/programs/{id}/limits", office, scope::limits, set_limits<limited::program>),
    commands("/v1/merchants/{id}/limits", office, scope::limits, set_limits<limited::merchant>),
    commands("/v1/merchants/{id}/categories", office, scope::merchants, set_categories),
    reads("/v1/merchants/{id}/categories", office, scope::merchants, read_merchant_categories,
          render_merchant_categories),
    commands("/v1/terminals/{id}/limits", office, scope::limits, set_limits<limited::terminal>),
    commands("/v1/shops/{id}/limits", office, scope::limits, set_limits<limited::shop>),

    commands("/v1/operators/{id}/keys", operators, scope::keys, issue_key<holder::operator_>),
    reads("/v1/operators/{id}/keys", operators, scope::keys, read_keys<holder::operator_>, render_keys_read),
    commands("/v1/operators/{id}/keys/{number}/revoke", operators, scope::keys, revoke_key<holder::operator_>),
    commands("/v1/staff/{id}/keys", office, scope::keys, issue_key<holder::municipality>),
    reads("/v1/staff/{id}/keys", office, scope::keys, read_keys<holder::municipality>, render_keys_read),
    commands("/v1/staff/{id}/keys/{number}/revoke", office, scope::keys, revoke_key<holder::municipality>),
    commands("/v1/partners/{id}/keys", operators, scope::keys, issue_key<holder::partner>),
    reads("/v1/partners/{id}/keys", operators, scope::keys, read_keys<holder::partner>, render_keys_read),
    commands("/v1/partners/{id}/keys/{number}/revoke", operators, scope::keys, revoke_key<holder::partner>),
    commands("/v1/terminals/{id}/keys", office, scope::keys, issue_key<holder::terminal>),
    reads("/v1/terminals/{id}/keys", office, scope::keys, read_keys<holder::terminal>, render_keys_read),
    commands("/v1/terminals/{id}/keys/{number}/revoke", office, scope::keys, revoke_key<holder::terminal>),
    commands("/v1/shops/{id}/keys", office, scope::keys, issue_key<holder::shop>),
    reads("/v1/shops/{id}/keys", office, scope::keys, read_keys<holder::shop>, render_keys_read),
    commands("/v1/shops/{id}/keys/{number}/revoke", office, scope::keys, revoke_key<holder::shop>),

    commands("/v1/terminals/{id}/certificates", office, scope::keys, set_certificates),
    reads("/v1/terminals/{id}/certificates", office, scope::keys, read_certificates, render_certificates),

    reads("/v1/audit", operators, scope_set{scope::audit}, get_audit),
    reads("/v1/ledger/trial_balance", office, scope_set{scope::ledger_read}, get_trial_balance,
          look_back_at_trial_balance),
    reads("/openapi.yaml", everybody, scope_set{}, get_openapi),
};

} // namespace

std::span<const resource> all_resources() noexcept { return table; }

ledger::scope_set scopes_open_to(ledger::caller_kind kind) noexcept {
    ledger::scope_set all;
    for (const auto& one : table)
        if (one.roles.contains(kind)) all = all | one.scopes;
    return all;
}

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

std::vector<std::string> file_patterns() {
    std::vector<std::string> patterns;
    for (const auto& one : table)
        if (one.takes_csv) patterns.emplace_back(one.pattern);
    return patterns;
}

std::vector<std::string> bulk_patterns() {
    std::vector<std::string> patterns;
    for (const auto& one : table)
        if (one.ask_line != nullptr) patterns.emplace_back(one.pattern);
    return patterns;
}

} // namespace meguri::net
