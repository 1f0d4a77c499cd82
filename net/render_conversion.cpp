#include "net/render_conversion.hpp"

#include "ledger/contract.hpp"
#include "ledger/undecided.hpp"
#include "net/program_name.hpp"

#include <string>
#include <string_view>

namespace meguri::net {
namespace {

using storage::id_kind;

void points_or_null(json_writer& json, std::string_view name, const std::optional<ledger::points>& most) {
    most ? json.number(name, most->value()) : json.null(name);
}

void units_or_null(json_writer& json, std::string_view name, std::uint64_t units, bool is_there) {
    is_there ? json.number(name, static_cast<std::int64_t>(units)) : json.null(name);
}

void write_partner(json_writer& json, ledger::partner_id partner, id_texts& ids) {
    json.plain("partner", ids.encode(id_kind::partner, partner.value()).view());
}

void write_maker(json_writer& json, std::string_view name, const ledger::person_ref& who, id_texts& ids) {
    const bool is_staff = who.kind == ledger::caller_kind::municipality;
    json.plain(name, ids.encode(is_staff ? id_kind::staff : id_kind::operator_, who.id).view());
}

void write_conversion_terms(json_writer& json, std::uint32_t number, const ledger::conversion_terms& terms) {
    json.number("number", number);
    json.text("unit", terms.unit);
    json.begin_object("rate");
    json.number("points", terms.rate.points);
    json.number("units", terms.rate.units);
    json.end_object();
    json.number("minimum_units", static_cast<std::int64_t>(terms.minimum));
    json.number("step_units", static_cast<std::int64_t>(terms.step));
    points_or_null(json, "per_person_day", terms.per_person_day);
    points_or_null(json, "per_partner_day", terms.per_partner_day);
}

std::string_view status_after(ledger::conversion_terms_step step) {
    switch (step) {
    case ledger::conversion_terms_step::proposal: return "proposed";
    case ledger::conversion_terms_step::approval: return "approved";
    case ledger::conversion_terms_step::rejection: return "rejected";
    }
    EXPECTS(!"a step has a name");
    return {};
}

std::string_view status_of_coupon(const ledger::entry& newest) {
    if (std::holds_alternative<ledger::points_converted>(newest.what)) return "redeemed";
    const bool is_blocked = std::get<ledger::coupon_changed>(newest.what).step == ledger::coupon_step::block;
    return is_blocked ? "blocked" : "issued";
}

} // namespace

void write_conversion(json_writer& json, const ledger::entry& entry, const ledger::points_converted& fact,
                      id_texts& ids) {
    const ledger::lot_terms& lot = *fact.lot.lot;
    const bool undecided = ledger::is_undecided(lot.program);
    json.plain("id", ids.encode(id_kind::conversion, entry.position).view());
    write_partner(json, fact.partner, ids);
    json.text("reference", fact.reference);
    units_or_null(json, "units", fact.units, fact.units != 0);
    units_or_null(json, "remainder_units", fact.remainder, fact.units != 0);
    json.number("amount", fact.lot.amount.value());
    json.number("terms", fact.terms);
    undecided ? json.null("program") : json.plain("program", program_name(lot.program, ids.keys()));
    undecided ? json.null("expires_on") : json.plain("expires_on", ledger::to_date(lot.expires_on));
    undecided ? json.plain("undecided_until", ledger::to_rfc3339(ledger::decided_by_default_at(lot.issued_at)))
              : json.null("undecided_until");
    fact.coupon != 0 ? json.plain("coupon", ids.encode(id_kind::coupon, fact.coupon).view()) : json.null("coupon");
    json.text("source", lot.source.text());
    json.plain("counted_on", ledger::to_date(fact.day));
    json.plain("created_at", ledger::to_rfc3339(entry.decided_at));
}

void write_terms_step(json_writer& json, const ledger::entry& entry, const ledger::conversion_terms_changed& fact,
                      id_texts& ids) {
    write_partner(json, fact.partner, ids);
    write_conversion_terms(json, fact.number, *fact.terms);
    json.plain("status", status_after(fact.step));
    write_maker(json, "proposed_by", fact.maker, ids);
    fact.step == ledger::conversion_terms_step::proposal ? static_cast<void>(json.null("decided_by"))
                                                         : write_maker(json, "decided_by", entry.asked_by(), ids);
    fact.reason.empty() ? json.null("reason") : json.text("reason", fact.reason);
    json.plain("changed_at", ledger::to_rfc3339(entry.decided_at));
}

void write_coupon(json_writer& json, const ledger::entry& issue, const ledger::entry& newest, id_texts& ids) {
    const auto& fact = std::get<ledger::coupon_changed>(issue.what);
    const ledger::coupon& what = *fact.what;
    json.plain("id", ids.encode(id_kind::coupon, issue.position).view());
    write_partner(json, fact.partner, ids);
    json.text("reference", what.reference);
    units_or_null(json, "units", what.units, what.units != 0);
    units_or_null(json, "remainder_units", what.remainder, what.units != 0);
    json.number("amount", what.amount.value());
    json.number("terms", what.terms);
    what.program ? json.plain("program", program_name(what.program, ids.keys())) : json.null("program");
    json.plain("last_day", ledger::to_date(what.last_day));
    json.plain("status", status_of_coupon(newest));
    json.plain("created_at", ledger::to_rfc3339(issue.decided_at));
}

void write_reconciliation(json_writer& json, const ledger::entry& entry, const ledger::partner_reconciled& fact,
                          id_texts& ids) {
    const ledger::reconciliation& found = fact.found;
    json.plain("id", ids.encode(id_kind::reconciliation, entry.position).view());
    write_partner(json, fact.partner, ids);
    json.plain("date", ledger::to_date(found.day));
    std::string digits;
    for (const auto byte : found.file)
        for (const int shift : {4, 0}) digits += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> shift & 15U];
    json.plain("sha256", digits);
    json.number("lines", found.lines);
    json.number("faulty", found.faulty);
    json.number("matched", found.matched);
    json.number("other_amount", found.other_amount);
    json.number("missing_here", found.missing_here);
    json.number("missing_there", found.missing_there);
    json.number("theirs", found.theirs.value());
    json.number("ours", found.ours.value());
    json.plain("created_at", ledger::to_rfc3339(entry.decided_at));
}

void write_partner_terms(json_writer& json, const ledger::partner& seen, id_texts& ids) {
    write_partner(json, seen.id, ids);
    if (seen.terms != nullptr) {
        json.begin_object("terms");
        write_conversion_terms(json, seen.number, *seen.terms);
        json.plain("in_force_since", ledger::to_rfc3339(seen.in_force_since));
        json.end_object();
    } else {
        json.null("terms");
    }
    if (seen.open) {
        json.begin_object("proposed");
        write_conversion_terms(json, seen.open->number, *seen.open->terms);
        json.plain("proposed_at", ledger::to_rfc3339(seen.open->proposed_at));
        json.end_object();
    } else {
        json.null("proposed");
    }
    json.number("conversions", static_cast<std::int64_t>(seen.conversions));
    json.number("converted", seen.converted.value());
    json.begin_object("coupons");
    json.number("issued", seen.coupons);
    json.number("redeemed", seen.coupons_redeemed);
    json.number("blocked", seen.coupons_blocked);
    json.end_object();
}

} // namespace meguri::net
