#include "net/debit_report.hpp"

#include "ledger/contract.hpp"
#include "net/json_writer.hpp"

#include <array>
#include <cstddef>

namespace meguri::net {
namespace {

// The header is record 1.
constexpr std::size_t first_data_record = 2;

// `unmatched`: the money came, and pays nothing until two persons have said what it is for.
enum class record_result : std::uint8_t { credited, refused, unmatched, already_taken, failed };
constexpr std::array<std::string_view, 5> record_results{"credited", "refused", "unmatched", "already_taken", "failed"};

record_result result_of_record(const bulk_line& one) {
    if (one.wrong) return record_result::failed;
    if (one.done->end == actors::ending::replayed) return record_result::already_taken;
    if (std::holds_alternative<ledger::purchase_debited>(one.done->record.what)) return record_result::credited;
    return std::holds_alternative<ledger::transfer_changed>(one.done->record.what) ? record_result::unmatched
                                                                                   : record_result::refused;
}

const ledger::take_debit_result* question_of_record(const bulk_line& one) {
    return one.done ? std::get_if<ledger::take_debit_result>(one.done->command()) : nullptr;
}

void write_record(json_writer& json, std::size_t number, const bulk_line& one, id_texts& ids) {
    json.begin_object();
    json.number("record", static_cast<std::int64_t>(number));
    json.plain("result", record_results[static_cast<std::size_t>(result_of_record(one))]);
    const auto* const asked = question_of_record(one);
    if (asked != nullptr) {
        json.plain("purchase_reference", asked->purchase.text());
        json.number("amount", asked->amount.value());
        json.plain("debit_result", name_of(asked->result));
    } else {
        json.null("purchase_reference").null("amount").null("debit_result");
    }
    const auto transfer = one.wrong ? std::nullopt : ledger::transfer_in(one.done->record);
    transfer ? json.plain("transfer", ids.encode(storage::id_kind::transfer, transfer->position).view())
             : json.null("transfer");
    if (one.wrong) {
        const auto& text = text_of(one.wrong->code);
        json.plain("code", text.name);
        json.text("detail", one.wrong->detail.empty() ? text.title : std::string_view{one.wrong->detail});
    } else {
        json.null("code").null("detail");
    }
    json.end_object();
}

} // namespace

void render_debit_report(const bulk_request& done, http_response& into, id_texts& ids) {
    struct sum {
        std::int64_t records = 0;
        std::int64_t amount = 0;
    };
    std::array<sum, record_results.size()> sums;
    for (const auto& one : done.lines()) {
        sum& of = sums[static_cast<std::size_t>(result_of_record(one))];
        ++of.records;
        if (const auto* const asked = question_of_record(one)) of.amount += asked->amount.value();
    }
    json_writer json{into.body};
    json.begin_object();
    json.number("records", static_cast<std::int64_t>(done.lines().size()));
    for (std::size_t i = 0; i < sums.size(); ++i) {
        json.begin_object(record_results[i]);
        json.number("records", sums[i].records).number("amount", sums[i].amount);
        json.end_object();
    }
    json.begin_array("data");
    for (std::size_t i = 0; i < done.lines().size(); ++i)
        write_record(json, i + first_data_record, done.lines()[i], ids);
    json.end_array().end_object();
}

} // namespace meguri::net
