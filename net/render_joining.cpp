#include "net/render_joining.hpp"

#include "ledger/contract.hpp"
#include "net/account_fields.hpp"
#include "net/program_name.hpp"

namespace meguri::net {
namespace {

using storage::id_kind;

std::string_view name_of_step(ledger::account_step step) noexcept {
    switch (step) {
    case ledger::account_step::proposed: return "proposed";
    case ledger::account_step::approved: return "approved";
    case ledger::account_step::refused: return "refused";
    }
    EXPECTS(!"a step has a name");
    return {};
}

void write_contact(json_writer& json, const ledger::contact& one) {
    json.begin_object("contact");
    json.text("name", one.name);
    one.email.empty() ? json.null("email") : json.text("email", one.email);
    one.phone.empty() ? json.null("phone") : json.text("phone", one.phone);
    json.end_object();
}

void write_opened_program(json_writer& json, const ledger::program& one) {
    json.begin_object("program");
    json.plain("code", one.code.text());
    json.text("name", one.name);
    json.number("expiry_days", one.expiry_days);
    json.boolean("online_only", one.online_only);
    json.plain("issuer_kind", name_of(one.issuer));
    json.number("hold_days", one.hold_days);
    json.end_object();
}

void write_holder(json_writer& json, const ledger::account_holder& holder, id_texts& ids) {
    if (holder.kind == ledger::applicant_kind::merchant) {
        json.plain("merchant", ids.merchant(ledger::merchant_id{holder.id}));
        json.null("municipality");
        return;
    }
    json.null("merchant");
    json.plain("municipality", ledger::program_code::as_named(static_cast<std::uint32_t>(holder.id)).text());
}

} // namespace

std::string_view name_of(ledger::application_step step) noexcept {
    switch (step) {
    case ledger::application_step::submitted: return "submitted";
    case ledger::application_step::approved: return "approved";
    case ledger::application_step::refused: return "refused";
    }
    EXPECTS(!"a step has a name");
    return {};
}

void write_application(json_writer& json, const ledger::entry& one, const ledger::application_changed& fact,
                       id_texts& ids) {
    const ledger::application& what = *fact.what;
    const bool submitted = fact.step == ledger::application_step::submitted;
    const bool is_merchant = what.kind == ledger::applicant_kind::merchant;
    json.plain("id", ids.encode(id_kind::application, submitted ? one.position : fact.application).view());
    json.plain("kind", is_merchant ? "merchant" : "municipality");
    json.plain("status", name_of(fact.step));
    json.text("name", what.name);
    write_account(json, "account", what.account);
    write_contact(json, what.reached_by);
    if (is_merchant) {
        json.begin_array("categories");
        for (const auto& category : what.categories) json.text(category);
        json.end_array().begin_array("programs");
        for (const auto code : what.programs) json.plain(code.text());
        json.end_array();
        fact.merchant ? json.plain("merchant", ids.merchant(fact.merchant)) : json.null("merchant");
    } else {
        write_opened_program(json, what.opened);
    }
    write_person_or_null(json, "submitted_by", submitted ? one.asked_by() : fact.maker, ids);
    write_person_or_null(json, "decided_by", submitted ? ledger::person_ref{} : one.asked_by(), ids);
    fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

void write_account_change(json_writer& json, const ledger::entry& one, const ledger::account_changed& fact,
                          id_texts& ids) {
    const bool proposed = fact.step == ledger::account_step::proposed;
    json.plain("id", ids.encode(id_kind::account_change, proposed ? one.position : fact.proposal).view());
    write_holder(json, fact.holder, ids);
    json.plain("status", name_of_step(fact.step));
    write_account(json, "account", *fact.account);
    json.plain("effective_from", ledger::to_date(fact.effective_from));
    write_person_or_null(json, "proposed_by", proposed ? one.asked_by() : fact.maker, ids);
    write_person_or_null(json, "decided_by", proposed ? ledger::person_ref{} : one.asked_by(), ids);
    fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

} // namespace meguri::net
