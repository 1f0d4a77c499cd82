#include "storage/index_keys.hpp"

#include "ledger/administrative.hpp"
#include "ledger/joining.hpp"
#include "storage/key_ring.hpp"

namespace meguri::storage {
namespace {

struct keys_of_fact {
    const key_ring& ring;
    const ledger::entry& one;
    entry_index_keys& keys;

    void operator()(const ledger::operator_added& fact) const { keys.add(index_kind::bearer, fact.key); }
    void operator()(const ledger::staff_added& fact) const { keys.add(index_kind::bearer, fact.key); }
    void operator()(const ledger::partner_added& fact) const { keys.add(index_kind::bearer, fact.key); }
    void operator()(const ledger::outlet_added& fact) const { keys.add(index_kind::bearer, fact.key); }
    void operator()(const ledger::code_issued& fact) const { keys.add(index_kind::code, fact.code); }
    void operator()(const ledger::once_code_issued& fact) const { keys.add(index_kind::code, fact.code); }
    void operator()(const ledger::code_blocked& fact) const {
        if (fact.reissued_as != 0) keys.add(index_kind::code, fact.reissued);
    }
    void operator()(const ledger::activation_changed& fact) const {
        if (fact.step == ledger::activation_step::issued) keys.add(index_kind::joining, fact.code);
    }
    void operator()(const ledger::application_changed& fact) const {
        const bool submitted = fact.step == ledger::application_step::submitted;
        keys.add(index_kind::joining, ring.digest_of_application(submitted ? one.position : fact.application));
        keys.add(index_kind::joining, ring.digest_of_applicant(*fact.what));
        if (const auto account = ledger::account_of(one))
            keys.add(index_kind::joining, ring.digest_of_account(account->holder));
    }
    void operator()(const ledger::account_changed& fact) const {
        keys.add(index_kind::joining, ring.digest_of_account(fact.holder));
    }
    void operator()(const ledger::terminal_activated& fact) const { keys.add(index_kind::bearer, fact.key); }
    void operator()(const ledger::card_bound& fact) const { keys.add(index_kind::code, fact.card); }
    void operator()(const ledger::card_renewed& fact) const { keys.add(index_kind::code, fact.card); }
    void operator()(const ledger::key_issued& fact) const {
        keys.add(index_kind::bearer, fact.key);
        keys.add(index_kind::holder, digest_of_holder(fact.holder));
    }
    void operator()(const ledger::key_revoked& fact) const {
        keys.add(index_kind::holder, digest_of_holder(fact.holder));
    }
    void operator()(const ledger::payment_decided& fact) const {
        if (!fact.reference.empty())
            keys.add(index_kind::reference, ring.digest_of_reference(fact.merchant, fact.reference));
    }
    void operator()(const ledger::payment_changed& fact) const {
        keys.add(index_kind::follow_up, digest_of_position(fact.after->position));
        if (fact.step == ledger::payment_step::reversal) add_reversed(fact.reversed_key);
    }
    void operator()(const ledger::key_barred& fact) const { add_reversed(fact.key); }
    void operator()(const ledger::terminal_certificates_changed& fact) const {
        keys.add(index_kind::certificate, digest_of_terminal(fact.terminal));
    }
    void operator()(const ledger::campaign_granted& fact) const {
        keys.add(index_kind::occasion, ring.digest_of_occasion(fact.campaign, fact.wallet, fact.occasion));
    }
    void operator()(const ledger::recipient_granted& fact) const {
        keys.add(index_kind::occasion, ring.digest_of_occasion(fact.campaign, fact.wallet, fact.occasion));
    }
    void operator()(const ledger::benefit_granted& fact) const {
        keys.add(index_kind::occasion, ring.digest_of_occasion(fact.campaign, fact.wallet, fact.occasion));
    }
    // As an occasion of its own: once for each row.
    void operator()(const ledger::points_clawed_back& fact) const {
        keys.add(index_kind::occasion, ring.digest_of_clawback(fact.clawback, fact.wallet, fact.row));
    }
    void operator()(const ledger::my_key_changed& fact) const {
        if (fact.before == fact.after) return;
        if (fact.before) keys.add(index_kind::my_key, digest_of_my_key(fact.before));
        if (fact.after) keys.add(index_kind::my_key, digest_of_my_key(fact.after));
    }
    void operator()(const ledger::person_enrolled& fact) const {
        keys.add(index_kind::code, fact.card);
        keys.add(index_kind::my_key, digest_of_my_key(fact.my_key));
    }
    void operator()(const ledger::password_set& fact) const {
        keys.add(index_kind::password, digest_of_wallet(fact.wallet));
    }
    void operator()(const ledger::points_converted& fact) const {
        if (fact.coupon != 0)
            keys.add(index_kind::coupon, fact.code);
        else
            add_conversion_reference(fact.partner, fact.reference);
        add_to_list(fact.partner, list_kind::conversions, fact.day);
        keys.add(index_kind::conversion_person, digest_of_person(fact.partner, fact.wallet));
    }
    void operator()(const ledger::coupon_changed& fact) const {
        keys.add(index_kind::coupon, fact.what->code);
        if (fact.step != ledger::coupon_step::issue) return;
        add_conversion_reference(fact.partner, fact.what->reference);
        add_to_list(fact.partner, list_kind::coupons, {});
    }
    void operator()(const ledger::link_changed& fact) const {
        keys.add(index_kind::link_account, fact.what->account);
        keys.add(index_kind::link_person, digest_of_person(fact.partner, fact.what->wallet));
    }
    void operator()(const ledger::linked_conversion_changed& fact) const {
        const bool is_asked = fact.step == ledger::linked_conversion_step::asked;
        keys.add(index_kind::linked_conversion, digest_of_position(is_asked ? one.position : fact.conversion));
        if (is_asked) add_to_list(fact.what->wallet, list_kind::linked_conversions, {});
    }
    void operator()(const ledger::partner_reconciled& fact) const {
        add_to_list(fact.partner, list_kind::reconciliations, {});
        if (fact.found.day != ledger::jst_day{}) // which names the list of all
            add_to_list(fact.partner, list_kind::reconciliations, fact.found.day);
    }
    void operator()(const ledger::purchase_changed& fact) const {
        keys.add(index_kind::purchase, digest_of_purchase(fact.after->reference));
        if (!ledger::changes_usage(fact.step)) return;
        keys.add(index_kind::purchaser, ring.digest_of_purchaser(fact.after->program, fact.after->wallet));
        if (fact.after->debit && fact.step != ledger::purchase_step::debit_refusal)
            add_to_list(fact.after->program, list_kind::debits, fact.after->last_day);
        if (fact.step != ledger::purchase_step::request) return;
        add_to_list(fact.after->wallet, list_kind::purchases, {});
        if (fact.after->card)
            add_to_list(ledger::partner_id{}, list_kind::cards, ledger::jst_day::of(fact.after->requested_at));
    }
    void operator()(const ledger::purchase_captured& fact) const {
        keys.add(index_kind::purchase, digest_of_purchase(fact.after->reference));
    }
    void operator()(const ledger::purchase_charged_back& fact) const {
        keys.add(index_kind::purchase, digest_of_purchase(fact.after->reference));
    }
    void operator()(const ledger::purchase_debited& fact) const {
        keys.add(index_kind::purchase, digest_of_purchase(fact.after->reference));
    }
    void operator()(const ledger::mandate_changed& fact) const {
        keys.add(index_kind::joining, ring.digest_of_mandate(fact.after->program, fact.after->wallet));
        if (fact.after->status == ledger::mandate_status::requested)
            add_to_list(fact.after->wallet, list_kind::mandates, {});
        if (fact.after->status == ledger::mandate_status::ended)
            add_to_list(fact.after->program, list_kind::ended_mandates, {});
    }
    void operator()(const ledger::debits_ordered& fact) const {
        keys.add(index_kind::joining, ring.digest_of_debits(fact.what->program, fact.what->day));
    }
    void operator()(const ledger::purchase_paid& fact) const {
        keys.add(index_kind::purchase, digest_of_purchase(fact.after->reference));
        add_transfer(*fact.transfer);
    }
    void operator()(const ledger::purchase_refunded& fact) const {
        keys.add(index_kind::purchase, digest_of_purchase(fact.after->reference));
    }
    void operator()(const ledger::transfer_changed& fact) const { add_transfer(*fact.after); }
    template <class Other>
    void operator()(const Other&) const {}

private:
    template <class Owner>
    void add_to_list(Owner owner, list_kind kind, ledger::jst_day day) const {
        keys.add(index_kind::conversion_list, digest_of_list(number_of_list(owner, kind, day)));
    }
    void add_conversion_reference(ledger::partner_id partner, const std::string& reference) const {
        keys.add(index_kind::conversion_reference, ring.digest_of_conversion(partner, reference));
    }
    void add_transfer(const ledger::bank_transfer& from) const {
        keys.add(index_kind::transfer, ring.digest_of_transfer(from.program, from.line));
    }
    void add_reversed(const std::string& key) const {
        keys.add(index_kind::idempotency, ring.digest_of_idempotency(one.caller, key));
    }
};

} // namespace

entry_index_keys index_keys_of(const ledger::entry& one, const key_ring& keys) {
    entry_index_keys found;
    if (!one.idempotency_key.empty())
        found.add(index_kind::idempotency, keys.digest_of_idempotency(one.caller, one.idempotency_key));
    std::visit(keys_of_fact{keys, one, found}, one.what);
    if (ledger::is_administrative(one)) found.add(every_act.kind, every_act.digest);
    return found;
}

} // namespace meguri::storage
