#include "net/reconciliation_report.hpp"

#include "net/csv_writer.hpp"
#include "net/json_writer.hpp"

#include <set>

namespace meguri::net {
namespace {

// The lines that were read and are no difference.
std::vector<const ledger::stated_conversion*> agreed_lines(const partner_file& file,
                                                           const std::vector<ledger::difference>& differences) {
    std::set<std::uint32_t> differing;
    for (const auto& one : differences) differing.insert(one.line);
    std::vector<const ledger::stated_conversion*> agreed;
    for (const auto& one : file.read)
        if (!differing.contains(one.line)) agreed.push_back(&one);
    return agreed;
}

void write_side(json_writer& json, std::string_view name, const std::optional<ledger::stated_amounts>& side) {
    if (!side) {
        json.null(name);
        return;
    }
    json.begin_object(name);
    side->units != 0 ? json.number("units", static_cast<std::int64_t>(side->units)) : json.null("units");
    json.number("amount", side->amount.value());
    json.end_object();
}

void write_side(csv_writer& csv, const std::optional<ledger::stated_amounts>& side) {
    side && side->units != 0 ? csv.number(static_cast<std::int64_t>(side->units)) : csv.empty();
    side ? csv.number(side->amount.value()) : csv.empty();
}

void write_line_number(csv_writer& csv, std::uint32_t line) { line != 0 ? csv.number(line) : csv.empty(); }

} // namespace

void write_report_csv(std::string& out, const partner_file& file, const std::vector<ledger::difference>& differences,
                      bool all) {
    csv_writer csv{out};
    for (const std::string_view name :
         {"line", "reference", "result", "column", "their_units", "their_amount", "our_units", "our_amount", "what"})
        csv.text(name);
    csv.end_row();
    for (const auto& one : differences) {
        write_line_number(csv, one.line);
        csv.text(one.reference).text(name_of(one.kind)).empty();
        write_side(csv, one.theirs);
        write_side(csv, one.ours);
        csv.empty().end_row();
    }
    for (const auto& one : file.faults) {
        csv.number(one.line).empty().text("faulty").text(one.column == partner_column::none ? "" : name_of(one.column));
        csv.empty().empty().empty().empty().text(one.what).end_row();
    }
    if (!all) return;
    for (const auto* const one : agreed_lines(file, differences)) {
        csv.number(one->line).text(one->reference).text("matched").empty();
        write_side(csv, one->stated);
        write_side(csv, one->stated);
        csv.empty().end_row();
    }
}

void append_report_json(std::string& out, const partner_file& file, const std::vector<ledger::difference>& differences,
                        bool all) {
    std::string whole;
    json_writer json{whole};
    json.begin_object().begin_array("differences");
    for (const auto& one : differences) {
        json.begin_object();
        json.plain("kind", name_of(one.kind));
        json.text("reference", one.reference);
        one.line != 0 ? json.number("line", one.line) : json.null("line");
        write_side(json, "theirs", one.theirs);
        write_side(json, "ours", one.ours);
        json.end_object();
    }
    json.end_array().begin_array("faults");
    for (const auto& one : file.faults) {
        json.begin_object();
        json.number("line", one.line);
        one.column != partner_column::none ? json.plain("column", name_of(one.column)) : json.null("column");
        json.plain("what", one.what);
        json.end_object();
    }
    json.end_array();
    if (all) {
        json.begin_array("agreed");
        for (const auto* const one : agreed_lines(file, differences)) {
            json.begin_object();
            json.number("line", one->line);
            json.text("reference", one->reference);
            json.end_object();
        }
        json.end_array();
    }
    json.end_object();
    whole.front() = ',';
    out += whole;
}

} // namespace meguri::net
