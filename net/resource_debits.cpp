#include "net/resource_debits.hpp"

#include "net/bulk_form.hpp"
#include "net/debit_report.hpp"
#include "net/json_fields.hpp"
#include "net/ordered_debits.hpp"
#include "net/query_parameters.hpp"
#include "net/render_debit.hpp"
#include "net/resource_accounts.hpp"

namespace meguri::net {
namespace {

constexpr std::string_view file_type = "application/octet-stream"; // of JIS X 0201, one byte a character
constexpr std::size_t debit_records_max = 5'000;

// The order that the path names; staff do not learn of another municipality's that it exists.
tl::expected<ordered_debits, problem> order_in_path(const call& from) {
    const auto position = from.id(storage::id_kind::debit_order);
    if (!position) return tl::unexpected{problem{problem_code::not_found}};
    auto found = ordered_debits::find(from.ledger, *position);
    if (!found) return tl::unexpected{std::move(found.error())};
    if (!*found || (from.is_staff() && (**found).what.program != from.by.municipality))
        return tl::unexpected{problem{problem_code::not_found}};
    return **std::move(found);
}

problem_or_none without_parameters(const call& from) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    return fault;
}

problem problem_of_fault(const ledger::debit_file_fault& fault) {
    std::string pointer;
    if (fault.record != 0) pointer = "/records/" + std::to_string(fault.record);
    if (!fault.field.empty()) pointer += '/' + std::string{fault.field};
    return {problem_code::invalid_value,
            fault.record != 0 ? "Record " + std::to_string(fault.record) + ' ' +
                                    (fault.field.empty() ? "" : std::string{fault.field} + ' ') + fault.what + '.'
                              : "The file " + fault.what + '.',
            std::move(pointer),
            {},
            {}};
}

// Nothing is begun unless every record is an answer to what was ordered.
tl::expected<bulk_lines, problem> records_of_results(call& asking) {
    if (auto wrong = without_parameters(asking)) return tl::unexpected{std::move(*wrong)};
    const auto order = order_in_path(asking);
    if (!order) return tl::unexpected{order.error()};
    const auto read = ledger::read_debit_results(asking.request.body);
    if (!read) return tl::unexpected{problem_of_fault(read.error())};
    const auto requests = order->requests(reader_of(asking.ledger));
    if (!requests) return tl::unexpected{problem{problem_code::read_failed}};
    if (const auto fault = ledger::mismatch_of(*read, order->what, *requests))
        return tl::unexpected{problem_of_fault(*fault)};
    return bulk_lines{read->records, false};
}

constexpr bulk_form form_of_results{file_type, debit_records_max, records_of_results, render_debit_report,
                                    "The body must be application/octet-stream."};

} // namespace

constinit const bulk_form debit_results_form = form_of_results;

asked order_debits(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::order_debits wanted;
    wanted.program = body.program("program");
    wanted.day = body.date("debit_day");
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (from.is_staff() && wanted.program != from.by.municipality) return refused(problem_code::forbidden);
    const ledger::account_holder holder{ledger::applicant_kind::municipality, wanted.program.number()};
    auto account = account_in_force(from.ledger, from.keys, holder, ledger::jst_day::of(from.now()));
    if (!account) return tl::unexpected{std::move(account.error())};
    if (*account) wanted.account = std::make_shared<const ledger::bank_account>(**std::move(account));
    return ledger::command{std::move(wanted)};
}

tl::expected<past_question, problem> look_up_debit_order(call& from) {
    if (auto wrong = without_parameters(from)) return tl::unexpected{std::move(*wrong)};
    auto order = order_in_path(from);
    if (!order) return tl::unexpected{std::move(order.error())};
    return [order = *std::move(order), &keys = from.keys](ledger_past& past) -> past_result {
        const auto entry = past.entry_at(order.position);
        const auto requests = order.requests(reader_of(past));
        if (!entry || !requests) return tl::unexpected{problem{problem_code::read_failed}};
        std::int64_t total = 0;
        for (const auto& one : *requests) total += one.amount.value();
        past_answer answer;
        id_texts ids{keys};
        json_writer json{answer.body};
        json.begin_object();
        write_debit_order(json, *entry, order.what, ids);
        json.number("requests", static_cast<std::int64_t>(requests->size())).number("total", total);
        json.end_object();
        return answer;
    };
}

tl::expected<past_question, problem> write_debit_order_file(call& from) {
    if (auto wrong = without_parameters(from)) return tl::unexpected{std::move(*wrong)};
    auto order = order_in_path(from);
    if (!order) return tl::unexpected{std::move(order.error())};
    return [order = *std::move(order)](ledger_past& past) -> past_result {
        const auto requests = order.requests(reader_of(past));
        if (!requests) return tl::unexpected{problem{problem_code::read_failed}};
        return past_answer{ledger::write_debit_file(order.what, *requests), file_type};
    };
}

asked take_debit_record(call& from, std::string_view record, std::string&) {
    const auto position = from.id(storage::id_kind::debit_order);
    const auto found = position ? from.ledger.entry_at(*position) : std::nullopt;
    if (!found || !*found) return refused(problem_code::read_failed);
    const auto answer = ledger::read_debit_answer(record);
    if (!answer) return tl::unexpected{problem_of_fault(answer.error())};
    const auto& what = *std::get<ledger::debits_ordered>((**found).what).what;
    return ledger::command{
        ledger::take_debit_result{what.program, *position, answer->purchase, answer->amount, answer->result}};
}

} // namespace meguri::net
