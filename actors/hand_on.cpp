#include "actors/hand_on.hpp"

#include "actors/joining.hpp"
#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"

namespace meguri::actors {
namespace {

struct handing_on {
    const operation_ptr& op;
    switch_thread& thread;

    [[nodiscard]] id_source& ids() const { return thread.shared().ids(); }

    void to_registry() const { thread.decide_at(the_registry{}, op); }
    void to_new_party() const {
        op->new_id = ids().party.fetch_add(1, std::memory_order_relaxed);
        to_registry();
    }

    void operator()(const ledger::open_program&) const { to_registry(); }
    void operator()(const ledger::add_operator&) const { to_new_party(); }
    void operator()(const ledger::add_staff&) const { to_new_party(); }
    void operator()(const ledger::add_partner&) const { to_new_party(); }
    void operator()(const ledger::join_merchant&) const {
        op->new_id = ids().merchant.fetch_add(1, std::memory_order_relaxed);
        thread.decide_at(ledger::merchant_id{op->new_id}, op);
    }
    void operator()(const ledger::add_outlet& asked) const { thread.decide_at(asked.merchant, op); }
    void operator()(const ledger::issue_activation& asked) const { thread.decide_at(asked.merchant, op); }
    void operator()(const ledger::revoke_activation& asked) const { thread.decide_at(asked.merchant, op); }
    void operator()(const ledger::activate_terminal& asked) const { thread.decide_at(asked.merchant, op); }
    void operator()(const ledger::submit_application&) const { to_registry(); }
    void operator()(const ledger::decide_application& asked) const {
        if (!begins_merchant(ledger::command{asked})) return to_registry();
        op->new_id = ids().merchant.fetch_add(1, std::memory_order_relaxed);
        thread.decide_at(ledger::merchant_id{op->new_id}, op);
    }
    void operator()(const ledger::propose_account& asked) const { to_account(asked.holder); }
    void operator()(const ledger::decide_account& asked) const { to_account(asked.holder); }
    void to_account(const ledger::account_holder& holder) const {
        if (holder.kind == ledger::applicant_kind::municipality) return to_registry();
        thread.decide_at(ledger::merchant_id{holder.id}, op);
    }
    void operator()(const ledger::block_code& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::open_wallet&) const {
        op->new_id = ids().wallet.fetch_add(1, std::memory_order_relaxed);
        thread.decide_at(ledger::wallet_id{op->new_id}, op);
    }
    void operator()(const ledger::issue_code& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::bind_card& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::retire_card& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::grant& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::credit_undecided& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::choose_home& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::transfer_undecided& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::propose_correction& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::decide_correction& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::propose_campaign& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::decide_campaign& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::propose_increase& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::decide_increase& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::close_campaign& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::grant_from_campaign& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::accept_recipients& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::accept_eligibility& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::decide_eligibility& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::open_event& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::close_event& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::redeem_event& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::propose_clawback& asked) const { to_campaigns(asked.program); }
    void operator()(const ledger::decide_clawback& asked) const { to_campaigns(asked.program); }
    void to_campaigns(ledger::program_code program) const { thread.decide_at(campaigns_of{program}, op); }
    void operator()(const ledger::propose_conversion_terms& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::decide_conversion_terms& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::convert_points& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::issue_coupon& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::block_coupon& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::note_reconciliation& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::link_account& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::renew_link& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::end_link& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::convert_linked& asked) const { to_conversions(asked.partner); }
    void operator()(const ledger::note_linked_conversion& asked) const { to_conversions(asked.partner); }
    void to_conversions(ledger::partner_id partner) const { thread.decide_at(conversions_of{partner}, op); }
    // Whose coupon it is says its code alone. Wrong codes are counted by wallet.
    void operator()(const ledger::redeem_coupon& asked) const {
        auto wallet = asked.wallet;
        if (asked.my_key) {
            const auto owner = thread.reader().find_my_key(asked.my_key);
            if (!owner) return thread.settle(op, ending::read_failed);
            if (!*owner || !(**owner).is_active) return thread.refuse(op, ledger::refusal::my_key_unknown);
            wallet = (**owner).wallet;
        }
        auto& tries = thread.shared().tries();
        if (!tries.may_try(wallet, op->at)) return thread.refuse(op, ledger::refusal::too_many_tries);
        const auto newest = thread.reader().find_conversion(storage::index_kind::coupon, asked.code);
        if (!newest) return thread.settle(op, ending::read_failed);
        if (!*newest) {
            tries.note_failure(wallet, op->at);
            return thread.refuse(op, ledger::refusal::coupon_unknown);
        }
        const auto entry = thread.reader().read(**newest);
        if (!entry) return thread.settle(op, ending::read_failed);
        to_conversions(ledger::partner_changed_by(*entry));
    }
    void operator()(const ledger::set_purchase_terms&) const { to_registry(); }
    void operator()(const ledger::request_purchase& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::cancel_purchase& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::take_transfer& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::propose_for_transfer& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::decide_transfer& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::propose_refund& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::decide_refund& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::request_mandate& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::change_mandate& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::order_debits& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::take_debit_result& asked) const { to_purchases(asked.program); }
    void operator()(const ledger::note_card_payment& asked) const { to_purchases(asked.program); }
    void to_purchases(ledger::program_code program) const { thread.decide_at(purchases_of{program}, op); }
    void operator()(const ledger::set_freeze& asked) const {
        switch (asked.subject) {
        case ledger::freeze_subject::wallet: thread.decide_at(ledger::wallet_id{asked.id}, op); break;
        case ledger::freeze_subject::merchant: thread.decide_at(ledger::merchant_id{asked.id}, op); break;
        case ledger::freeze_subject::terminal:
        case ledger::freeze_subject::shop: thread.decide_at(ledger::outlet_id{asked.id}.merchant(), op); break;
        case ledger::freeze_subject::program: to_registry(); break;
        }
    }
    void operator()(const ledger::set_limits& asked) const {
        switch (asked.subject) {
        case ledger::limit_subject::wallet: thread.decide_at(ledger::wallet_id{asked.id}, op); break;
        case ledger::limit_subject::merchant: thread.decide_at(ledger::merchant_id{asked.id}, op); break;
        case ledger::limit_subject::terminal:
        case ledger::limit_subject::shop: thread.decide_at(ledger::outlet_id{asked.id}.merchant(), op); break;
        case ledger::limit_subject::program: to_registry(); break;
        }
    }
    void operator()(const ledger::issue_key& asked) const { to_holder(asked.holder); }
    void operator()(const ledger::revoke_key& asked) const { to_holder(asked.holder); }
    void to_holder(const ledger::key_holder& holder) const { thread.decide_at(decider_of(holder), op); }
    void operator()(const ledger::set_certificates& asked) const { thread.decide_at(asked.terminal.merchant(), op); }
    void operator()(const ledger::set_categories& asked) const { thread.decide_at(asked.merchant, op); }
    void operator()(const ledger::issue_my_key&) const { to_registry(); }
    void operator()(const ledger::revoke_my_key& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::renew_card& asked) const { thread.decide_at(asked.wallet, op); }
    void operator()(const ledger::set_password& asked) const { thread.decide_at(asked.wallet, op); }
    template <class Payment>
    void operator()(const Payment&) const {
        EXPECTS(!"a payment and its steps go through their merchant's actor");
    }
};

} // namespace

decider decider_of(const ledger::key_holder& holder) noexcept {
    if (!ledger::is_outlet(holder)) return the_registry{};
    return ledger::outlet_id{holder.id}.merchant();
}

void hand_on(const operation_ptr& op, switch_thread& thread) {
    EXPECTS(op->command() != nullptr);
    std::visit(handing_on{op, thread}, *op->command());
}

} // namespace meguri::actors
