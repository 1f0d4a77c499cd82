#include "net/render_purchase.hpp"

#include "net/account_fields.hpp"
#include "net/render_debit.hpp"

namespace meguri::net {
namespace {

void optional_text(json_writer& json, std::string_view name, const std::string& text) {
    text.empty() ? json.null(name) : json.text(name, text);
}

void reference_or_null(json_writer& json, std::string_view name, ledger::purchase_reference one) {
    one ? json.plain(name, one.text()) : json.null(name);
}

} // namespace

void write_purchase(json_writer& json, const ledger::purchase& one, ledger::jst_day today, id_texts& ids,
                    bool is_ordered) {
    json.plain("id", ids.encode(storage::id_kind::purchase, one.position).view());
    json.plain("wallet", ids.encode(storage::id_kind::wallet, one.wallet.value()).view());
    json.plain("program", one.program.text());
    json.number("amount", one.amount.value());
    json.plain("method", name_of(one.method));
    json.plain("status", status_name(one, today, is_ordered));
    json.plain("reference", one.reference.text());
    json.plain("last_day", ledger::to_date(one.last_day));
    json.number("credited", one.credited.value());
    json.number("refunded", one.refund ? one.refund->amount.value() : 0);
    write_person_or_null(json, "refund_proposed_by", one.refund ? one.refund->maker : ledger::person_ref{}, ids);
    if (one.debit) {
        json.plain("mandate", ids.encode(storage::id_kind::mandate, one.debit->mandate).view());
        const auto result = name_of(one.debit->result);
        result.empty() ? json.null("debit_result") : json.plain("debit_result", result);
    } else {
        json.null("mandate").null("debit_result");
    }
    if (one.card) {
        json.begin_object("card");
        json.plain("stage", name_of(one.card->stage));
        optional_text(json, "payment", one.card->payment);
        optional_text(json, "redirect_url", one.card->redirect);
        json.number("lost", one.card->lost.value());
        json.end_object();
    } else {
        json.null("card");
    }
    json.plain("created_at", ledger::to_rfc3339(one.requested_at));
}

void write_transfer(json_writer& json, const ledger::bank_transfer& one, id_texts& ids) {
    json.plain("id", ids.encode(storage::id_kind::transfer, one.position).view());
    json.plain("program", one.program.text());
    json.plain("date", ledger::to_date(one.line.day));
    json.number("amount", one.line.amount.value());
    optional_text(json, "remitter", one.line.remitter);
    optional_text(json, "reference", one.line.reference);
    json.text("line_number", one.line.number);
    json.plain("status", name_of(one.status));
    one.why == ledger::transfer_mismatch::none ? json.null("mismatch") : json.plain("mismatch", name_of(one.why));
    reference_or_null(json, "purchase_reference", one.purchase);
    write_person_or_null(json, "proposed_by", one.maker, ids);
    optional_text(json, "reason", one.reason);
}

void write_purchase_terms(json_writer& json, const ledger::purchase_terms_set& fact) {
    json.plain("program", fact.program.text());
    json.number("minimum", fact.terms.minimum.value());
    json.number("maximum", fact.terms.maximum.value());
    json.number("per_day", fact.terms.per_day.value());
    json.number("per_month", fact.terms.per_month.value());
    json.number("days_to_pay", fact.terms.days_to_pay);
    json.number("refund_days", fact.terms.refund_days);
    json.boolean("card", fact.terms.cards);
    if (fact.terms.debits) {
        json.begin_object("account_transfer");
        json.plain("consignor_code", consignor_code(fact.terms.debits->consignor));
        json.number("debit_day", fact.terms.debits->day).number("lead_days", fact.terms.debits->lead_days);
        json.end_object();
    } else {
        json.null("account_transfer");
    }
    json.text("reason", fact.reason);
}

} // namespace meguri::net
