#include "net/render_link.hpp"

#include "ledger/calendar.hpp"
#include "ledger/contract.hpp"
#include "net/program_name.hpp"

#include <string_view>

namespace meguri::net {
namespace {

using storage::id_kind;

std::string_view status_of_linked(ledger::linked_conversion_step step, bool is_credited) {
    switch (step) {
    case ledger::linked_conversion_step::asked: return is_credited ? "credited" : "pending";
    case ledger::linked_conversion_step::declined: return "declined";
    case ledger::linked_conversion_step::turned_down: return "cancelling";
    case ledger::linked_conversion_step::cancelled: return "cancelled";
    case ledger::linked_conversion_step::confirmed: return "completed";
    }
    EXPECTS(!"a step has a name");
    return {};
}

} // namespace

void write_link(json_writer& json, const ledger::entry& one, const ledger::link_changed& fact, id_texts& ids) {
    json.plain("id", ids.encode(id_kind::link, fact.link == 0 ? one.position : fact.link).view());
    json.plain("partner", ids.encode(id_kind::partner, fact.partner.value()).view());
    json.text("account", fact.what->subject);
    json.plain("status", fact.step == ledger::link_step::ended ? "ended" : "linked");
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

void write_linked_conversion(json_writer& json, const ledger::entry& one, const ledger::linked_conversion_changed& fact,
                             ledger::journal_position credited, id_texts& ids) {
    const ledger::linked_conversion& what = *fact.what;
    json.plain("id",
               ids.encode(id_kind::linked_conversion, fact.conversion == 0 ? one.position : fact.conversion).view());
    json.plain("partner", ids.encode(id_kind::partner, fact.partner.value()).view());
    json.plain("link", ids.encode(id_kind::link, what.link).view());
    json.text("reference", what.reference);
    json.number("units", static_cast<std::int64_t>(what.units));
    json.number("amount", what.amount.value());
    json.number("terms", what.terms);
    what.program ? json.plain("program", program_name(what.program, ids.keys())) : json.null("program");
    json.plain("status", status_of_linked(fact.step, credited != 0));
    fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    credited == 0 ? json.null("conversion")
                  : json.plain("conversion", ids.encode(id_kind::conversion, credited).view());
    json.plain("changed_at", ledger::to_rfc3339(one.decided_at));
}

} // namespace meguri::net
