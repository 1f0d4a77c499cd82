#include "net/render_campaign.hpp"

#include "ledger/contract.hpp"
#include "net/program_name.hpp"

#include <string_view>

namespace meguri::net {
namespace {

using ledger::campaign_step;

void write_person(json_writer& json, std::string_view name, const ledger::person_ref& who, id_texts& ids) {
    const bool is_staff = who.kind == ledger::caller_kind::municipality;
    json.plain(name, ids.encode(is_staff ? storage::id_kind::staff : storage::id_kind::operator_, who.id).view());
}

void write_terms(json_writer& json, ledger::program_code program, ledger::journal_position proposal,
                 const ledger::campaign_terms& terms, id_texts& ids) {
    json.plain("id", ids.encode(storage::id_kind::campaign, proposal).view());
    json.plain("program", program_name(program, ids.keys()));
    json.text("name", terms.name);
    json.text("source", terms.source.text());
    json.plain("first_day", ledger::to_date(terms.first_day));
    json.plain("last_day", ledger::to_date(terms.last_day));
    json.plain("amount_rule", name_of(terms.rule));
    json.number("amount", terms.per_grant.value());
    const bool has_day = terms.expires_on != ledger::jst_day{};
    has_day ? json.plain("expires_on", ledger::to_date(terms.expires_on)) : json.null("expires_on");
    json.number("proposed_budget", terms.budget.value());
}

// What the campaign, or of an increase the increase, is after the step.
std::string_view status_after(campaign_step step) {
    switch (step) {
    case campaign_step::approval:
    case campaign_step::increase_approval: return "approved";
    case campaign_step::rejection:
    case campaign_step::increase_rejection: return "rejected";
    case campaign_step::increase_proposal: return "proposed";
    case campaign_step::closing: return "closed";
    }
    EXPECTS(!"a step has a name");
    return {};
}

} // namespace

bool is_of_increase(campaign_step step) noexcept {
    return step == campaign_step::increase_proposal || step == campaign_step::increase_approval ||
           step == campaign_step::increase_rejection;
}

void write_campaign(json_writer& json, const ledger::campaign& one, id_texts& ids) {
    write_terms(json, one.program, one.position, *one.terms, ids);
    json.plain("status", name_of(one.status));
    json.number("budget", one.budget.value());
    json.number("granted", one.granted.value());
    json.number("remaining", one.budget.value() - one.granted.value());
    json.number("grants", static_cast<std::int64_t>(one.grants));
    if (const auto& open = one.open_increase) {
        json.begin_object("increase");
        json.number("number", open->number);
        json.number("amount", open->amount.value());
        json.plain("status", "proposed");
        write_person(json, "proposed_by", open->maker, ids);
        json.text("reason", open->reason);
        json.end_object();
    } else {
        json.null("increase");
    }
    write_person(json, "proposed_by", one.maker, ids);
    one.checker.id != 0 ? write_person(json, "decided_by", one.checker, ids)
                        : static_cast<void>(json.null("decided_by"));
    json.plain("created_at", ledger::to_rfc3339(one.proposed_at));
}

void write_campaign_proposal(json_writer& json, const ledger::entry& one, const ledger::campaign_proposed& fact,
                             id_texts& ids) {
    write_terms(json, fact.program, one.position, *fact.terms, ids);
    json.plain("status", "proposed");
    json.number("budget", 0);
    write_person(json, "proposed_by", one.asked_by(), ids);
    json.null("decided_by");
    json.plain("created_at", ledger::to_rfc3339(one.decided_at));
}

void write_campaign_step(json_writer& json, const ledger::entry& one, const ledger::campaign_changed& fact,
                         id_texts& ids) {
    write_terms(json, fact.program, fact.campaign, *fact.terms, ids);
    const bool of_increase = is_of_increase(fact.step);
    json.plain("status", of_increase ? "approved" : status_after(fact.step));
    json.number("budget", fact.budget.value());
    if (of_increase) {
        json.begin_object("increase");
        json.number("number", fact.increase);
        json.number("amount", fact.amount.value());
        json.plain("status", status_after(fact.step));
        json.end_object();
    }
    write_person(json, "proposed_by", fact.maker, ids);
    fact.step == campaign_step::increase_proposal ? static_cast<void>(json.null("decided_by"))
                                                  : write_person(json, "decided_by", one.asked_by(), ids);
    fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

} // namespace meguri::net
