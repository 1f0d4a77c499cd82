#include "net/statement_report.hpp"

#include "ledger/contract.hpp"
#include "net/csv_writer.hpp"
#include "net/json_writer.hpp"

#include <array>
#include <cstddef>

namespace meguri::net {
namespace {

// The header is line 1.
constexpr std::size_t first_line = 2;

enum class line_result : std::uint8_t { credited, unmatched, already_taken, bad, failed };
constexpr std::array<std::string_view, 5> result_names{"credited", "unmatched", "already_taken", "bad", "failed"};

line_result result_of_line(const bulk_line& one) {
    if (one.wrong) {
        const bool is_bad = one.wrong->code == problem_code::invalid_value ||
                            one.wrong->code == problem_code::malformed_request ||
                            one.wrong->code == problem_code::transfer_differs;
        return is_bad ? line_result::bad : line_result::failed;
    }
    if (one.done->end == actors::ending::replayed) return line_result::already_taken;
    return std::holds_alternative<ledger::purchase_paid>(one.done->record.what) ? line_result::credited
                                                                                : line_result::unmatched;
}

// What a line of the report says; views live as long as the bulk request.
struct report_line {
    std::size_t number = 0; // in the file
    line_result result = line_result::failed;
    std::optional<ledger::bank_transfer> transfer; // of one that is taken
    std::string_view column;                       // of a bad one, where one column is to blame
    std::string_view detail;
    std::string_view code;
};

report_line line_of_report(const bulk_request& done, std::size_t place) {
    const bulk_line& one = done.lines()[place];
    report_line told{place + first_line, result_of_line(one), std::nullopt, {}, {}, {}};
    if (!one.wrong) {
        told.transfer = ledger::transfer_in(one.done->record);
        EXPECTS(told.transfer.has_value());
        return told;
    }
    const auto& text = text_of(one.wrong->code);
    if (one.wrong->pointer && !one.wrong->pointer->empty())
        told.column = std::string_view{*one.wrong->pointer}.substr(1);
    told.detail = one.wrong->detail.empty() ? text.title : std::string_view{one.wrong->detail};
    told.code = text.name;
    return told;
}

void plain_or_null(json_writer& json, std::string_view name, std::string_view text) {
    text.empty() ? json.null(name) : json.text(name, text);
}

void write_line(json_writer& json, const report_line& one, id_texts& ids) {
    json.begin_object();
    json.number("line", static_cast<std::int64_t>(one.number));
    json.plain("result", result_names[static_cast<std::size_t>(one.result)]);
    if (one.transfer) {
        const auto& came = *one.transfer;
        json.plain("transfer", ids.encode(storage::id_kind::transfer, came.position).view());
        json.text("line_number", came.line.number);
        json.number("amount", came.line.amount.value());
        json.plain("status", name_of(came.status));
        plain_or_null(json, "mismatch", name_of(came.why));
        came.purchase ? json.plain("purchase_reference", came.purchase.text()) : json.null("purchase_reference");
    } else {
        json.null("transfer").null("line_number").null("amount").null("status").null("mismatch");
        json.null("purchase_reference");
    }
    plain_or_null(json, "column", one.column);
    plain_or_null(json, "code", one.code);
    plain_or_null(json, "detail", one.detail);
    json.end_object();
}

void write_line(csv_writer& csv, const report_line& one, id_texts& ids) {
    csv.number(static_cast<std::int64_t>(one.number)).text(result_names[static_cast<std::size_t>(one.result)]);
    if (one.transfer) {
        const auto& came = *one.transfer;
        csv.text(ids.encode(storage::id_kind::transfer, came.position).view()).text(came.line.number);
        csv.number(came.line.amount.value()).text(name_of(came.status)).text(name_of(came.why));
        csv.text(came.purchase ? came.purchase.text() : std::string{});
    } else {
        csv.empty().empty().empty().empty().empty().empty();
    }
    csv.text(one.column).text(one.code).text(one.detail);
    csv.end_row();
}

void write_csv(const bulk_request& done, std::string& out, id_texts& ids) {
    csv_writer csv{out};
    csv.text("line").text("result").text("transfer").text("line_number").text("amount").text("status").text("mismatch");
    csv.text("purchase_reference").text("column").text("code").text("detail");
    csv.end_row();
    for (std::size_t i = 0; i < done.lines().size(); ++i) write_line(csv, line_of_report(done, i), ids);
}

void write_json(const bulk_request& done, std::string& out, id_texts& ids) {
    struct sum {
        std::int64_t lines = 0;
        std::int64_t amount = 0;
    };
    std::array<sum, result_names.size()> sums;
    for (std::size_t i = 0; i < done.lines().size(); ++i) {
        const auto one = line_of_report(done, i);
        sum& of = sums[static_cast<std::size_t>(one.result)];
        ++of.lines;
        if (one.transfer) of.amount += one.transfer->line.amount.value();
    }
    json_writer json{out};
    json.begin_object();
    json.number("lines", static_cast<std::int64_t>(done.lines().size()));
    for (std::size_t i = 0; i < sums.size(); ++i) {
        json.begin_object(result_names[i]);
        json.number("lines", sums[i].lines).number("amount", sums[i].amount);
        json.end_object();
    }
    json.begin_array("data");
    for (std::size_t i = 0; i < done.lines().size(); ++i) write_line(json, line_of_report(done, i), ids);
    json.end_array().end_object();
}

} // namespace

void render_statement_report(const bulk_request& done, http_response& into, id_texts& ids) {
    if (done.as_csv()) {
        into.content_type = "text/csv; charset=utf-8";
        return write_csv(done, into.body, ids);
    }
    write_json(done, into.body, ids);
}

} // namespace meguri::net
