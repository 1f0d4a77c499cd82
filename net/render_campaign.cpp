#include "net/render_campaign.hpp"

#include "ledger/contract.hpp"
#include "net/category_fields.hpp"
#include "net/program_name.hpp"

#include <sodium.h>

#include <array>
#include <string_view>
#include <tuple>

namespace meguri::net {
namespace {

using ledger::campaign_step;

void write_person(json_writer& json, std::string_view name, const ledger::person_ref& who, id_texts& ids) {
    const bool is_staff = who.kind == ledger::caller_kind::municipality;
    json.plain(name, ids.encode(is_staff ? storage::id_kind::staff : storage::id_kind::operator_, who.id).view());
}

// What campaigns had not before there were benefits: their answers stay what they were.
void write_benefit_terms(json_writer& json, const ledger::campaign_terms& terms) {
    if (!terms.steps.empty()) {
        json.begin_array("steps");
        for (const auto& one : terms.steps) {
            json.begin_object();
            json.number("from", static_cast<std::int64_t>(one.from));
            json.number("amount", one.amount.value());
            json.end_object();
        }
        json.end_array();
    }
    if (terms.basis_points != 0) json.number("basis_points", terms.basis_points);
    json.boolean("eligible_only", terms.eligible_only);
    json.boolean("per_person", terms.per_person);
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
    if (are_of_benefits(terms)) write_benefit_terms(json, terms);
    write_earmark(json, terms.earmark);
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

std::string hex_of(const ledger::file_digest& digest) {
    std::array<char, 2 * std::tuple_size_v<ledger::file_digest> + 1> hex{};
    const auto* const bytes = reinterpret_cast<const unsigned char*>(digest.data());
    sodium_bin2hex(hex.data(), hex.size(), bytes, digest.size());
    return hex.data();
}

void write_list(json_writer& json, std::string_view name, const std::optional<ledger::eligibility_list>& list,
                id_texts& ids) {
    if (!list) {
        json.null(name);
        return;
    }
    json.begin_object(name);
    json.plain("id", ids.encode(storage::id_kind::eligibility, list->position).view());
    json.plain("sha256", hex_of(list->digest));
    json.number("rows", list->rows);
    write_person(json, "proposed_by", list->maker, ids);
    json.end_object();
}

// Of the eligible: the one in force, and the one that waits.
void write_lists(json_writer& json, const ledger::campaign& one, id_texts& ids) {
    write_list(json, "eligibility", one.eligible, ids);
    write_list(json, "open_eligibility", one.open_eligible, ids);
}

// What was accepted; the digest as `sha256sum` says it.
void write_accepted(json_writer& json, const ledger::campaign_ref& campaign, const ledger::recipient_file& file,
                    id_texts& ids) {
    json.plain("id", ids.encode(storage::id_kind::recipients, file.position).view());
    json.plain("campaign", ids.encode(storage::id_kind::campaign, campaign.proposal).view());
    json.plain("program", program_name(campaign.program, ids.keys()));
    json.plain("sha256", hex_of(file.digest));
    json.number("rows", file.rows);
    json.number("amount", file.sum.value());
}

} // namespace

void write_recipients(json_writer& json, const ledger::entry& one, const ledger::recipients_accepted& fact,
                      id_texts& ids) {
    ledger::recipient_file accepted;
    accepted.position = one.position;
    accepted.digest = fact.digest;
    accepted.rows = fact.rows;
    accepted.sum = fact.sum;
    write_accepted(json, {fact.program, fact.campaign}, accepted, ids);
    json.plain("status", "accepted");
    json.plain("created_at", ledger::to_rfc3339(one.decided_at));
}

void write_recipients(json_writer& json, const ledger::campaign& of, const ledger::recipient_file& file,
                      ledger::instant accepted_at, id_texts& ids) {
    write_accepted(json, {of.program, of.position}, file, ids);
    json.plain("status", file.is_finished() ? "finished" : "accepted");
    json.number("granted", file.granted);
    json.number("granted_amount", file.granted_sum.value());
    json.number("left_out", file.left_out);
    json.number("left_out_amount", file.left_out_sum.value());
    json.plain("created_at", ledger::to_rfc3339(accepted_at));
}

void write_eligibility(json_writer& json, const ledger::entry& one, const ledger::eligibility_changed& fact,
                       id_texts& ids) {
    using step = ledger::eligibility_step;
    const bool brings = fact.step == step::acceptance || fact.step == step::proposal;
    const auto status = fact.step == step::acceptance ? "accepted"
                      : fact.step == step::proposal   ? "proposed"
                      : fact.step == step::approval   ? "approved"
                                                      : "rejected";
    json.plain("id", ids.encode(storage::id_kind::eligibility, brings ? one.position : fact.list).view());
    json.plain("campaign", ids.encode(storage::id_kind::campaign, fact.campaign).view());
    json.plain("program", program_name(fact.program, ids.keys()));
    json.plain("sha256", hex_of(fact.digest));
    json.number("rows", fact.rows);
    json.plain("status", status);
    write_person(json, "proposed_by", fact.maker, ids);
    brings ? static_cast<void>(json.null("decided_by")) : write_person(json, "decided_by", one.asked_by(), ids);
    fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

void write_event(json_writer& json, ledger::journal_position campaign, const ledger::campaign_event& event,
                 id_texts& ids) {
    json.plain("id", ids.encode(storage::id_kind::event, event.position).view());
    json.plain("campaign", ids.encode(storage::id_kind::campaign, campaign).view());
    json.text("occasion", event.name);
    json.plain("begins_at", ledger::to_rfc3339(event.begins));
    json.plain("ends_at", ledger::to_rfc3339(event.ends));
    event.rotates_s != 0 ? json.number("rotates_every_s", event.rotates_s) : json.null("rotates_every_s");
    json.plain("status", event.closed ? "closed" : "open");
}

void write_event_change(json_writer& json, const ledger::entry& one, const ledger::event_changed& fact, id_texts& ids) {
    ledger::campaign_event event = fact.what;
    const bool opens = fact.step == ledger::event_step::opening;
    if (opens) event.position = one.position;
    event.closed = !opens;
    write_event(json, fact.campaign, event, ids);
    fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

void write_clawback(json_writer& json, const ledger::campaign& of, const ledger::campaign_clawback& one,
                    id_texts& ids) {
    json.plain("id", ids.encode(storage::id_kind::clawback, one.position).view());
    json.plain("campaign", ids.encode(storage::id_kind::campaign, of.position).view());
    json.boolean("all", one.is_of_all);
    json.number("rows", one.rows);
    const bool is_done = one.status == ledger::clawback_status::approved && one.is_finished();
    json.plain("status", is_done ? "finished" : name_of(one.status));
    write_person(json, "proposed_by", one.maker, ids);
    json.number("taken", one.taken);
    json.number("taken_amount", one.sum.value());
    json.number("nothing_left", one.ended);
}

void write_clawback_step(json_writer& json, const ledger::entry& one, const ledger::clawback_changed& fact,
                         id_texts& ids) {
    using step = ledger::clawback_step;
    const bool proposes = fact.step == step::proposal;
    const auto status = proposes ? "proposed" : fact.step == step::approval ? "approved" : "rejected";
    json.plain("id", ids.encode(storage::id_kind::clawback, proposes ? one.position : fact.clawback).view());
    json.plain("campaign", ids.encode(storage::id_kind::campaign, fact.campaign).view());
    if (proposes) json.boolean("all", fact.is_of_all);
    if (proposes) json.number("rows", fact.rows);
    json.plain("status", status);
    write_person(json, "proposed_by", fact.maker, ids);
    proposes ? static_cast<void>(json.null("decided_by")) : write_person(json, "decided_by", one.asked_by(), ids);
    fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

bool is_of_increase(campaign_step step) noexcept {
    return step == campaign_step::increase_proposal || step == campaign_step::increase_approval ||
           step == campaign_step::increase_rejection;
}

void write_campaign(json_writer& json, const ledger::campaign& one, id_texts& ids) {
    write_terms(json, one.program, one.position, *one.terms, ids);
    json.plain("status", name_of(one.status));
    json.number("budget", one.budget.value());
    json.number("granted", one.granted.value());
    json.number("reserved", one.reserved.value());
    if (!one.clawbacks.empty()) json.number("clawed_back", one.clawed_back.value());
    json.number("remaining", one.budget.value() - one.granted.value() + one.clawed_back.value() - one.reserved.value());
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
    if (one.terms->eligible_only) write_lists(json, one, ids);
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
