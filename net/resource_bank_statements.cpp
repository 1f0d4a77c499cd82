#include "net/resource_bank_statements.hpp"

#include "net/bulk_form.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/resource_transfers.hpp"
#include "net/statement_report.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 5> columns{"date", "amount", "remitter", "reference", "line_number"};
constexpr std::string_view header = "date,amount,remitter,reference,line_number";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 2> report_forms{"json", "csv"};
constexpr std::size_t statement_lines_max = 5'000;

struct wanted_statement {
    ledger::program_code program;
    bool as_csv = false;
};

tl::expected<wanted_statement, problem> read_wanted_statement(const call& from) {
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const auto program = program_of_account(query, from);
    const bool as_csv = query.one_of_or("format", report_forms, 0) == 1;
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (!program) return tl::unexpected{program.error()};
    return wanted_statement{*program, as_csv};
}

std::string_view without_return(std::string_view line) {
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

tl::expected<bulk_lines, problem> lines_of_statement(call& asking) {
    const auto wanted = read_wanted_statement(asking);
    if (!wanted) return tl::unexpected{wanted.error()};
    std::string_view text = asking.request.body;
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    auto lines = lines_of(text);
    if (lines.empty() || without_return(lines.front()) != header)
        return tl::unexpected{problem{problem_code::malformed_request,
                                      "Line 1 must be: " + std::string{header} + ". The file must be UTF-8."}};
    lines.erase(lines.begin());
    return bulk_lines{std::move(lines), wanted->as_csv};
}

problem wrong_column(std::size_t column, std::string detail) {
    return {problem_code::invalid_value, std::move(detail), '/' + std::string{columns.at(column)}, {}, {}};
}

// The cells of one row (RFC 4180; a cell cannot hold a line end). nullopt: quotes do not match.
std::optional<std::vector<std::string>> cells_of(std::string_view row) {
    std::vector<std::string> cells(1);
    for (std::size_t i = 0; i < row.size();) {
        if (row[i] == ',') {
            cells.emplace_back();
            ++i;
        } else if (row[i] == '"' && cells.back().empty()) {
            for (++i;; ++i) {
                if (i >= row.size()) return std::nullopt;
                if (row[i] != '"')
                    cells.back().push_back(row[i]);
                else if (i + 1 < row.size() && row[i + 1] == '"')
                    cells.back().push_back(row[i++]);
                else
                    break;
            }
            ++i;
            if (i < row.size() && row[i] != ',') return std::nullopt;
        } else {
            cells.back().push_back(row[i++]);
        }
    }
    return cells;
}

// Half-width kana with their marks (U+FF61 to U+FF9F), capital letters, digits and what banks print between them.
bool is_bank_text(std::string_view text) noexcept {
    constexpr std::string_view marks = " ().,-/&'+:?";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || marks.find(text[i]) != marks.npos) continue;
        if (byte != 0xEF || i + 2 >= text.size()) return false;
        const auto second = static_cast<unsigned char>(text[i + 1]);
        const auto third = static_cast<unsigned char>(text[i + 2]);
        const bool is_kana =
            (second == 0xBD && third >= 0xA1 && third <= 0xBF) || (second == 0xBE && third >= 0x80 && third <= 0x9F);
        if (!is_kana) return false;
        i += 2;
    }
    return true;
}

// As printed in groups, or without.
std::string without_gaps(std::string_view text) {
    std::string all{text};
    std::erase_if(all, [](char one) { return one == ' ' || one == '-'; });
    return all;
}

bool is_line_number(std::string_view text) noexcept {
    return !text.empty() && text.size() <= ledger::transfer_line::number_max && std::ranges::all_of(text, [](char one) {
        return (one >= '0' && one <= '9') || (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z') || one == '-';
    });
}

std::size_t characters_in(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char one) { return (static_cast<unsigned char>(one) & 0xC0) != 0x80; }));
}

std::optional<ledger::points> yen_in(std::string_view text) noexcept {
    std::int64_t yen = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), yen);
    if (wrong != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return yen >= 1 && yen <= ledger::points::command_max ? ledger::points::from(yen) : std::nullopt;
}

tl::expected<ledger::transfer_line, problem> read_statement_line(std::string_view row, ledger::jst_day today) {
    auto cells = cells_of(row);
    if (!cells) return tl::unexpected{problem{problem_code::malformed_request, "A quotation mark is not closed."}};
    if (cells->size() != columns.size())
        return tl::unexpected{problem{problem_code::malformed_request,
                                      "Must have 5 columns, has " + std::to_string(cells->size()) + '.'}};
    auto& remitter = (*cells)[2];
    auto& number = (*cells)[4];
    const auto day = ledger::parse_date((*cells)[0]);
    if (!day) return tl::unexpected{wrong_column(0, "Must be a date, as YYYY-MM-DD.")};
    if (today < *day) return tl::unexpected{wrong_column(0, "Must not lie in the future.")};
    const auto amount = yen_in((*cells)[1]);
    if (!amount) return tl::unexpected{wrong_column(1, "Must be 1 to 100000000 yen, in digits alone.")};
    if (!is_bank_text(remitter) || characters_in(remitter) > ledger::transfer_line::remitter_max)
        return tl::unexpected{wrong_column(2, "Must be at most 48 of half-width kana, A to Z, digits and ().,-/ .")};
    auto whole = without_gaps((*cells)[3]);
    if (whole.size() > ledger::transfer_line::reference_max || !is_bank_text(whole))
        return tl::unexpected{wrong_column(3, "Must be at most 20 digits.")};
    if (!is_line_number(number)) return tl::unexpected{wrong_column(4, "Must be 1 to 20 letters, digits and hyphens.")};
    return ledger::transfer_line{*day, *amount, std::move(remitter), std::move(whole), std::move(number)};
}

constexpr bulk_form form_of_statements{"text/csv", statement_lines_max, lines_of_statement, render_statement_report,
                                       "The body must be text/csv."};

} // namespace

constinit const bulk_form statement_form = form_of_statements;

asked take_statement_line(call& from, std::string_view line, std::string&) {
    const auto wanted = read_wanted_statement(from);
    if (!wanted) return tl::unexpected{wanted.error()};
    auto read = read_statement_line(without_return(line), ledger::jst_day::of(from.now()));
    if (!read) return tl::unexpected{std::move(read.error())};
    return ledger::command{ledger::take_transfer{wanted->program, *std::move(read)}};
}

} // namespace meguri::net
