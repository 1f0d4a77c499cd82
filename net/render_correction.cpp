#include "net/render_correction.hpp"

#include "net/program_name.hpp"

namespace meguri::net {
namespace {

void person(json_writer& json, std::string_view name, const ledger::person_ref& who, id_texts& ids) {
    const bool is_staff = who.kind == ledger::caller_kind::municipality;
    json.plain(name, ids.encode(is_staff ? storage::id_kind::staff : storage::id_kind::operator_, who.id).view());
}

} // namespace

void write_correction(json_writer& json, const shown_correction& one, id_texts& ids) {
    json.plain("id", ids.encode(storage::id_kind::correction, one.position).view());
    json.plain("status", one.status);
    json.plain("wallet", ids.encode(storage::id_kind::wallet, one.wallet.value()).view());
    json.plain("program", program_name(one.what.program, ids.keys()));
    json.plain("kind", name_of(one.what.kind));
    json.number("amount", one.what.amount.value());
    json.text("source", one.what.source.text());
    const bool expires = one.what.kind == ledger::correction_kind::credit;
    expires ? json.plain("expires_on", ledger::to_date(one.what.expires_on)) : json.null("expires_on");
    json.text("reason", one.what.reason);
    person(json, "proposed_by", one.proposed_by, ids);
    one.decided_by ? person(json, "decided_by", *one.decided_by, ids) : static_cast<void>(json.null("decided_by"));
    one.decision_reason.empty() ? json.null("decision_reason") : json.text("decision_reason", one.decision_reason);
    json.plain(one.decided_by ? "decided_at" : "created_at", ledger::to_rfc3339(one.at));
}

bool render_open_corrections(std::string& body, const ledger::wallet& seen, ledger::program_code only,
                             ledger_view& ledger, id_texts& ids) {
    json_writer json{body};
    json.begin_object().begin_array("data");
    for (const auto& one : seen.corrections) {
        const bool is_named = one.position != 0; // else its proposal was on its way to the disk, and not answered yet
        if (!is_named || (only && one.what->program != only)) continue;
        const auto proposal = ledger.entry_at(one.position);
        if (!proposal || !*proposal) return false;
        json.begin_object();
        write_correction(json, {one.position, seen.id, *one.what, one.maker, (*proposal)->decided_at}, ids);
        json.end_object();
    }
    json.end_array().end_object();
    return true;
}

} // namespace meguri::net
