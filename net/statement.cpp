#include "net/statement.hpp"

#include "net/csv_writer.hpp"
#include "net/entry_type.hpp"
#include "net/json_writer.hpp"
#include "net/program_name.hpp"

#include <algorithm>
#include <chrono>

namespace meguri::net {
namespace {

using storage::id_kind;

// Midnight in Japan at the beginning of the day.
ledger::instant first_moment_of(ledger::jst_day day) { return day.plus_days(-1).end(); }

} // namespace

std::optional<statement_month> parse_month(std::string_view text) {
    const auto first = text.size() == 7 ? ledger::parse_date(std::string{text} + "-01") : std::nullopt;
    if (!first) return std::nullopt;
    const std::chrono::sys_days day{std::chrono::days{first->days()}};
    const std::chrono::year_month_day date{day};
    const auto next = std::chrono::sys_days{(date.year() / date.month() + std::chrono::months{1}) / 1} - day;
    return statement_month{std::string{text}, first_moment_of(*first),
                           first_moment_of(first->plus_days(static_cast<std::int32_t>(next.count())))};
}

void statement::add(const ledger::entry& one) {
    sums_by_program changes;
    ledger::for_each_posting(one, [&](const ledger::posting& posted) {
        if (only_ && posted.program != only_) return;
        const std::int64_t amount = posted.to == ledger::side::credit ? posted.amount.value() : -posted.amount.value();
        if (posted.on == columns_.on) changes[posted.program].on += amount;
        if (posted.on == ledger::account::held) changes[posted.program].held += amount;
    });
    for (const auto& [program, change] : changes) {
        if (change == statement_sums{}) continue;
        closing_[program].on += change.on;
        closing_[program].held += change.held;
        if (one.decided_at < month_.first) {
            opening_[program].on += change.on; // a merchant's entries are not in the order of their times
            opening_[program].held += change.held;
            continue;
        }
        const std::size_t place = lines_in_all_++;
        if (place / part_lines + 1 != part_) continue;
        line told{one.position, one.decided_at, type_of(one.what), program, change, 0, one.merchant, {}};
        if (const auto* const paid = std::get_if<ledger::payment_decided>(&one.what)) {
            told.authorization = one.position;
            told.reference = paid->reference;
        } else if (const auto* const step = std::get_if<ledger::payment_changed>(&one.what)) {
            told.authorization = step->after->position;
            told.reference = step->after->reference;
        }
        lines_.push_back(std::move(told));
    }
}

std::size_t statement::parts() const noexcept {
    return std::max<std::size_t>(1, (lines_in_all_ + part_lines - 1) / part_lines);
}

// --- JSON ---

void statement::write_sums(json_writer& json, std::string_view name, const sums_by_program& sums,
                           const id_texts& ids) const {
    json.begin_array(name);
    for (const auto& [program, stood] : sums) {
        json.begin_object();
        json.plain("program", program_name(program, ids.keys()));
        json.number(columns_.name, stood.on).number(columns_.held_name, stood.held);
        json.end_object();
    }
    json.end_array();
}

void statement::write_json(std::string& out, id_texts& ids) const {
    json_writer json{out};
    json.begin_object();
    json.plain("month", month_.name);
    json.number("part", part_).number("parts", static_cast<std::int64_t>(parts()));
    write_sums(json, "opening", opening_, ids);
    json.begin_array("data");
    for (const auto& one : lines_) {
        json.begin_object();
        json.plain("id", ids.encode(id_kind::entry, one.position).view());
        json.plain("created_at", ledger::to_rfc3339(one.at));
        json.plain("type", one.type);
        json.plain("program", program_name(one.program, ids.keys()));
        json.number(columns_.name, one.change.on).number(columns_.held_name, one.change.held);
        if (one.authorization != 0)
            json.plain("authorization", ids.encode(id_kind::authorization, one.authorization).view());
        else
            json.null("authorization");
        one.merchant ? json.plain("merchant", ids.merchant(one.merchant)) : json.null("merchant");
        one.reference.empty() ? json.null("reference") : json.text("reference", one.reference);
        json.end_object();
    }
    json.end_array();
    write_sums(json, "closing", closing_, ids);
    json.end_object();
}

// --- CSV ---

void statement::write_sums(csv_writer& csv, std::string_view type, ledger::instant at, const sums_by_program& sums,
                           const id_texts& ids) const {
    for (const auto& [program, stood] : sums) {
        csv.empty().text(ledger::to_rfc3339(at)).text(type).text(program_name(program, ids.keys()));
        csv.number(stood.on).number(stood.held).empty().empty().empty();
        csv.end_row();
    }
}

void statement::write_csv(std::string& out, id_texts& ids) const {
    csv_writer csv{out};
    csv.text("id").text("created_at").text("type").text("program").text(columns_.name).text(columns_.held_name);
    csv.text("authorization").text("merchant").text("reference");
    csv.end_row();
    if (part_ == 1) write_sums(csv, "opening_balance", month_.first, opening_, ids);
    for (const auto& one : lines_) {
        csv.text(ids.encode(id_kind::entry, one.position).view());
        csv.text(ledger::to_rfc3339(one.at)).text(one.type).text(program_name(one.program, ids.keys()));
        csv.number(one.change.on).number(one.change.held);
        if (one.authorization != 0)
            csv.text(ids.encode(id_kind::authorization, one.authorization).view());
        else
            csv.empty();
        one.merchant ? csv.text(ids.merchant(one.merchant)) : csv.empty();
        csv.text(one.reference);
        csv.end_row();
    }
    if (part_ == parts()) write_sums(csv, "closing_balance", month_.end, closing_, ids);
}

} // namespace meguri::net
