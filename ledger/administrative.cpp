#include "ledger/administrative.hpp"

#include <type_traits>

namespace meguri::ledger {
namespace {

template <class One, class... All>
constexpr bool is_one_of = (std::is_same_v<One, All> || ...);

template <class Variant, class... Wanted>
bool holds_one_of(const Variant& one) noexcept {
    return std::visit([](const auto& held) { return is_one_of<std::decay_t<decltype(held)>, Wanted...>; }, one);
}

} // namespace

bool is_administrative(const command& asked) noexcept {
    return holds_one_of<command, open_program, add_operator, add_staff, add_partner, join_merchant, add_outlet,
                        set_freeze, set_limits, propose_correction, decide_correction, issue_key, revoke_key,
                        set_certificates, bind_card, retire_card, propose_campaign, decide_campaign, propose_increase,
                        decide_increase, close_campaign, propose_conversion_terms, decide_conversion_terms,
                        accept_recipients, set_purchase_terms, take_transfer, propose_for_transfer, decide_transfer,
                        propose_refund, decide_refund, issue_activation, revoke_activation, activate_terminal,
                        block_code, submit_application, decide_application, propose_account, decide_account,
                        request_mandate, change_mandate, order_debits, take_debit_result, accept_eligibility,
                        decide_eligibility, open_event, close_event, propose_clawback, decide_clawback, set_categories>(
        asked);
}

bool is_administrative(const fact& what) noexcept {
    const auto* const purchase = std::get_if<purchase_changed>(&what);
    if (purchase != nullptr && is_by_staff(purchase->step)) return true;
    const auto* const clawback = std::get_if<clawback_changed>(&what);
    if (clawback != nullptr && clawback->step != clawback_step::rows_ended) return true;
    return holds_one_of<fact, program_opened, operator_added, staff_added, partner_added, merchant_joined, outlet_added,
                        freeze_changed, limits_set, correction_proposed, correction_decided, key_issued, key_revoked,
                        terminal_certificates_changed, card_bound, card_retired, campaign_proposed, campaign_changed,
                        support_session_opened, conversion_terms_changed, recipients_accepted, purchase_terms_set,
                        purchase_paid, transfer_changed, purchase_refunded, activation_changed, terminal_activated,
                        code_blocked, application_changed, account_changed, mandate_changed, debits_ordered,
                        purchase_debited, eligibility_changed, event_changed, merchant_categories_set>(what);
}

bool is_administrative(const entry& one) noexcept {
    if (one.caller.kind == caller_kind::resident) return one.person != 0; // alone they do what is theirs
    return is_administrative(one.what) || std::holds_alternative<person_enrolled>(one.what);
}

} // namespace meguri::ledger
