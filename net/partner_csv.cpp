#include "net/partner_csv.hpp"

#include "ledger/conversion_terms.hpp"
#include "net/csv_reader.hpp"
#include "net/json_fields.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_set>

namespace meguri::net {
namespace {

constexpr text_bounds reference_of_row{1, 64};
using columns = std::array<partner_column, 3>;

// Digits alone: "1,000" would be read differently by different people.
std::optional<std::uint64_t> parse_digits(std::string_view cell, std::uint64_t least, std::uint64_t most) noexcept {
    std::uint64_t value = 0;
    const auto [end, wrong] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    const bool is_number = wrong == std::errc{} && end == cell.data() + cell.size();
    return is_number && value >= least && value <= most ? std::optional{value} : std::nullopt;
}

std::optional<columns> columns_named(std::span<const std::string> cells) {
    if (cells.size() != columns{}.size()) return std::nullopt;
    columns found{};
    for (std::size_t i = 0; i < cells.size(); ++i) {
        for (const auto one : {partner_column::reference, partner_column::units, partner_column::amount})
            if (cells[i] == name_of(one)) found[i] = one;
        if (found[i] == partner_column::none || std::count(found.begin(), found.end(), found[i]) != 1)
            return std::nullopt;
    }
    return found;
}

// Why the cell cannot be read; empty: it can.
std::string_view read_value(partner_column column, std::string_view cell, ledger::stated_conversion& into) {
    switch (column) {
    case partner_column::reference:
        if (!simdjson::validate_utf8(cell.data(), cell.size()) || !within(cell, reference_of_row))
            return "must be 1 to 64 characters";
        into.reference = cell;
        return {};
    case partner_column::units: {
        if (cell.empty()) return {};
        const auto units = parse_digits(cell, 1, ledger::conversion_units_max);
        if (!units) return "must be 1 to 1000000000000 in digits alone, or empty";
        into.stated.units = *units;
        return {};
    }
    case partner_column::amount: {
        const auto amount = parse_digits(cell, 1, ledger::points::command_max);
        if (!amount) return "must be 1 to 100000000 in digits alone";
        into.stated.amount = *ledger::points::from(static_cast<std::int64_t>(*amount));
        return {};
    }
    case partner_column::none: break;
    }
    return {};
}

} // namespace

std::string_view name_of(partner_column column) noexcept {
    switch (column) {
    case partner_column::none: return "-";
    case partner_column::reference: return "reference";
    case partner_column::units: return "units";
    case partner_column::amount: return "amount";
    }
    return {};
}

partner_file read_partner_file(std::string_view text) {
    partner_file file;
    csv_reader rows{text};
    if (!rows.next() || rows.is_broken()) return file;
    const auto named = columns_named(rows.cells());
    if (!named) return file;
    file.has_columns = true;
    std::unordered_set<std::string> seen;
    while (rows.next()) {
        ++file.lines;
        const auto refuse = [&](partner_column column, std::string_view what) {
            file.faults.push_back({rows.line(), column, what});
        };
        if (rows.is_broken()) {
            refuse(partner_column::none, "has a quote where none may be");
            continue;
        }
        if (rows.cells().size() != named->size()) {
            refuse(partner_column::none, "must have three columns");
            continue;
        }
        ledger::stated_conversion one{{}, {}, rows.line()};
        const std::size_t before = file.faults.size();
        for (std::size_t i = 0; i < named->size(); ++i)
            if (const auto why = read_value((*named)[i], rows.cells()[i], one); !why.empty()) refuse((*named)[i], why);
        if (file.faults.size() == before && !seen.insert(one.reference).second)
            refuse(partner_column::reference, "stands on a line before");
        if (file.faults.size() == before) file.read.push_back(std::move(one));
    }
    return file;
}

} // namespace meguri::net
