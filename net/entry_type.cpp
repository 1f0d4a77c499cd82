#include "net/entry_type.hpp"

#include "ledger/contract.hpp"
#include "ledger/undecided.hpp"

namespace meguri::net {
namespace {

struct naming {
    std::string_view operator()(const ledger::operator_added&) const { return "operator_added"; }
    std::string_view operator()(const ledger::staff_added&) const { return "staff_added"; }
    std::string_view operator()(const ledger::partner_added&) const { return "partner_added"; }
    std::string_view operator()(const ledger::program_opened&) const { return "program_opened"; }
    std::string_view operator()(const ledger::merchant_joined&) const { return "merchant_joined"; }
    std::string_view operator()(const ledger::outlet_added& fact) const {
        return fact.kind == ledger::outlet_kind::shop ? "shop_added" : "terminal_added";
    }
    std::string_view operator()(const ledger::key_issued&) const { return "key_issued"; }
    std::string_view operator()(const ledger::key_revoked&) const { return "key_revoked"; }
    std::string_view operator()(const ledger::terminal_certificates_changed&) const { return "certificates"; }
    std::string_view operator()(const ledger::wallet_opened&) const { return "opening"; }
    std::string_view operator()(const ledger::code_issued&) const { return "code"; }
    std::string_view operator()(const ledger::once_code_issued&) const { return "code"; }
    std::string_view operator()(const ledger::code_blocked& fact) const {
        return fact.reissued_as == 0 ? "code_block" : "code_reissue";
    }
    std::string_view operator()(const ledger::activation_changed& fact) const {
        return fact.step == ledger::activation_step::issued ? "activation_code" : "activation_code_revocation";
    }
    std::string_view operator()(const ledger::application_changed& fact) const {
        switch (fact.step) {
        case ledger::application_step::submitted: return "application";
        case ledger::application_step::approved: return "application_approval";
        case ledger::application_step::refused: return "application_refusal";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::account_changed& fact) const {
        switch (fact.step) {
        case ledger::account_step::proposed: return "account_change";
        case ledger::account_step::approved: return "account_change_approval";
        case ledger::account_step::refused: return "account_change_refusal";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::terminal_activated&) const { return "terminal_activated"; }
    std::string_view operator()(const ledger::card_bound&) const { return "card_bound"; }
    std::string_view operator()(const ledger::card_retired&) const { return "card_retired"; }
    std::string_view operator()(const ledger::freeze_changed& fact) const {
        return fact.frozen ? "freeze" : "unfreeze";
    }
    std::string_view operator()(const ledger::limits_set&) const { return "limits"; }
    std::string_view operator()(const ledger::merchant_categories_set&) const { return "categories"; }
    std::string_view operator()(const ledger::points_granted& fact) const {
        return ledger::is_undecided(fact.lot.lot->program) ? "conversion" : "grant";
    }
    std::string_view operator()(const ledger::home_chosen&) const { return "home_municipality"; }
    std::string_view operator()(const ledger::points_transferred&) const { return "transfer"; }
    std::string_view operator()(const ledger::correction_proposed&) const { return "correction_proposal"; }
    std::string_view operator()(const ledger::correction_decided& fact) const {
        return fact.approved ? "correction" : "correction_rejection";
    }
    std::string_view operator()(const ledger::campaign_proposed&) const { return "campaign_proposal"; }
    std::string_view operator()(const ledger::campaign_changed& fact) const {
        switch (fact.step) {
        case ledger::campaign_step::approval: return "campaign_approval";
        case ledger::campaign_step::rejection: return "campaign_rejection";
        case ledger::campaign_step::increase_proposal: return "increase_proposal";
        case ledger::campaign_step::increase_approval: return "increase_approval";
        case ledger::campaign_step::increase_rejection: return "increase_rejection";
        case ledger::campaign_step::closing: return "campaign_closing";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::my_key_changed& fact) const {
        switch (fact.step) {
        case ledger::my_key_step::issued: return "mykey_id";
        case ledger::my_key_step::wish_granted:
        case ledger::my_key_step::drawn_instead: return "mykey_id_change";
        case ledger::my_key_step::wish_taken: return "mykey_id_wish";
        case ledger::my_key_step::revoked: return "mykey_id_revocation";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::person_enrolled&) const { return "enrollment"; }
    std::string_view operator()(const ledger::support_session_opened&) const { return "support_session"; }
    std::string_view operator()(const ledger::card_renewed&) const { return "card_renewal"; }
    std::string_view operator()(const ledger::password_set&) const { return "password"; }
    std::string_view operator()(const ledger::campaign_granted&) const { return "grant"; }
    std::string_view operator()(const ledger::conversion_terms_changed& fact) const {
        switch (fact.step) {
        case ledger::conversion_terms_step::proposal: return "conversion_terms_proposal";
        case ledger::conversion_terms_step::approval: return "conversion_terms_approval";
        case ledger::conversion_terms_step::rejection: return "conversion_terms_rejection";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::link_changed& fact) const {
        switch (fact.step) {
        case ledger::link_step::linked: return "account_link";
        case ledger::link_step::renewed: return "account_link_renewal";
        case ledger::link_step::ended: return "account_link_end";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::linked_conversion_changed& fact) const {
        switch (fact.step) {
        case ledger::linked_conversion_step::asked: return "linked_conversion";
        case ledger::linked_conversion_step::declined: return "linked_conversion_declined";
        case ledger::linked_conversion_step::turned_down: return "linked_conversion_turned_down";
        case ledger::linked_conversion_step::cancelled: return "linked_conversion_cancelled";
        case ledger::linked_conversion_step::confirmed: return "linked_conversion_confirmed";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::partner_reconciled&) const { return "reconciliation"; }
    std::string_view operator()(const ledger::points_converted&) const { return "conversion"; }
    std::string_view operator()(const ledger::coupon_changed& fact) const {
        return fact.step == ledger::coupon_step::issue ? "coupon" : "coupon_block";
    }
    std::string_view operator()(const ledger::recipients_listed&) const { return "recipients_list"; }
    std::string_view operator()(const ledger::recipients_accepted&) const { return "recipients"; }
    std::string_view operator()(const ledger::recipient_granted&) const { return "grant"; }
    std::string_view operator()(const ledger::recipients_left_out&) const { return "recipients_left_out"; }
    std::string_view operator()(const ledger::eligibility_listed&) const { return "eligibility_list"; }
    std::string_view operator()(const ledger::eligibility_changed& fact) const {
        switch (fact.step) {
        case ledger::eligibility_step::acceptance: return "eligibility";
        case ledger::eligibility_step::proposal: return "eligibility_proposal";
        case ledger::eligibility_step::approval: return "eligibility_approval";
        case ledger::eligibility_step::rejection: return "eligibility_rejection";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::event_changed& fact) const {
        return fact.step == ledger::event_step::opening ? "event" : "event_closing";
    }
    std::string_view operator()(const ledger::clawback_changed& fact) const {
        switch (fact.step) {
        case ledger::clawback_step::proposal: return "clawback_proposal";
        case ledger::clawback_step::approval: return "clawback_approval";
        case ledger::clawback_step::rejection: return "clawback_rejection";
        case ledger::clawback_step::rows_ended: return "clawback_rows";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::points_clawed_back&) const { return "clawback"; }
    std::string_view operator()(const ledger::benefit_granted&) const { return "grant"; }
    std::string_view operator()(const ledger::purchase_terms_set&) const { return "purchase_settings"; }
    std::string_view operator()(const ledger::purchase_changed& fact) const {
        switch (fact.step) {
        case ledger::purchase_step::request: return "purchase_request";
        case ledger::purchase_step::cancellation: return "purchase_cancellation";
        case ledger::purchase_step::refund_proposal: return "purchase_refund_proposal";
        case ledger::purchase_step::refund_rejection: return "purchase_refund_rejection";
        case ledger::purchase_step::debit_refusal: return "debit_refusal";
        case ledger::purchase_step::card_pending: return "card_pending";
        case ledger::purchase_step::card_refusal: return "card_refusal";
        case ledger::purchase_step::card_refund_owed: return "card_refund_owed";
        case ledger::purchase_step::card_refunded: return "card_refunded";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::purchase_refunded&) const { return "purchase_refund"; }
    std::string_view operator()(const ledger::purchase_paid&) const { return "purchase"; }
    std::string_view operator()(const ledger::purchase_captured&) const { return "card_capture"; }
    std::string_view operator()(const ledger::purchase_charged_back&) const { return "chargeback"; }
    std::string_view operator()(const ledger::purchase_debited&) const { return "purchase_debit"; }
    std::string_view operator()(const ledger::debits_ordered&) const { return "debit_order"; }
    std::string_view operator()(const ledger::mandate_changed& fact) const {
        switch (fact.after->status) {
        case ledger::mandate_status::requested: return "mandate_request";
        case ledger::mandate_status::confirmed: return "mandate_confirmation";
        case ledger::mandate_status::refused: return "mandate_refusal";
        case ledger::mandate_status::ended: return "mandate_end";
        }
        EXPECTS(!"a status has a name");
        return {};
    }
    std::string_view operator()(const ledger::transfer_changed& fact) const {
        switch (fact.step) {
        case ledger::transfer_step::arrival: return "transfer_arrival";
        case ledger::transfer_step::assignment_proposal: return "transfer_assignment_proposal";
        case ledger::transfer_step::return_proposal: return "transfer_return_proposal";
        case ledger::transfer_step::rejection: return "transfer_rejection";
        case ledger::transfer_step::return_approval: return "transfer_return";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    std::string_view operator()(const ledger::points_expired&) const { return "expiry"; }
    std::string_view operator()(const ledger::payment_decided&) const { return "payment"; }
    std::string_view operator()(const ledger::payment_changed& fact) const {
        switch (fact.step) {
        case ledger::payment_step::capture: return "capture";
        case ledger::payment_step::voiding: return "void";
        case ledger::payment_step::hold_expiry: return "hold_expiry";
        case ledger::payment_step::refund: return "refund";
        case ledger::payment_step::reversal: return "reversal";
        }
        EXPECTS(!"a step has a name");
        return {};
    }
    template <class Other>
    std::string_view operator()(const Other&) const {
        EXPECTS(!"an entry that a list tells");
        return {};
    }
};

} // namespace

std::string_view type_of(const ledger::fact& what) { return std::visit(naming{}, what); }

} // namespace meguri::net
