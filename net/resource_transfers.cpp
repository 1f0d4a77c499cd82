#include "net/resource_transfers.hpp"

#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_purchase.hpp"
#include "net/resource_purchases.hpp"

#include <string>

namespace meguri::net {
namespace {

// The transfer that the path names, as it came; staff do not learn of another municipality's that it exists.
tl::expected<ledger::bank_transfer, problem> transfer_in_path(const call& from) {
    const auto arrival = from.id(storage::id_kind::transfer);
    if (!arrival) return tl::unexpected{problem{problem_code::not_found}};
    const auto found = from.ledger.entry_at(*arrival);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    auto transfer = *found ? ledger::transfer_in(**found) : std::nullopt;
    if (!transfer || transfer->position != *arrival || (from.is_staff() && transfer->program != from.by.municipality))
        return tl::unexpected{problem{problem_code::not_found}};
    return *std::move(transfer);
}

tl::expected<std::string, problem> read_why(call& from, bool is_required) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{is_required ? body.text("reason", reason_bounds) : body.text_or("reason", {}, reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return reason;
}

asked decide_transfer(call& from, bool approve) {
    const auto transfer = transfer_in_path(from);
    if (!transfer) return tl::unexpected{transfer.error()};
    return read_why(from, !approve).map([&](std::string reason) -> actors::request {
        return ledger::command{
            ledger::decide_transfer{transfer->program, transfer->position, approve, std::move(reason)}};
    });
}

} // namespace

tl::expected<ledger::program_code, problem> program_of_account(query_parameters& query, const call& from) {
    const auto code = ledger::local_gov_code::parse(query.text("program", {6, 6}));
    if (!code)
        return tl::unexpected{problem{problem_code::invalid_parameter, "Must be a program's code.", {}, "program"}};
    if (from.is_staff() && *code != from.by.municipality) return tl::unexpected{problem{problem_code::forbidden}};
    return *code;
}

asked read_transfers(call& from) {
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const auto program = program_of_account(query, from);
    const page wanted = query.read_page(from.keys);
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (!program) return tl::unexpected{program.error()};
    // One more than is shown says whether there is another page.
    return actors::read_transfers{*program, wanted.before.value_or(0), wanted.limit + 1};
}

problem_or_none render_transfers_read(rendering& to) {
    const std::size_t limit = std::get<actors::read_transfers>(to.done.asked).limit - 1;
    const auto& seen = to.done.transfers_seen;
    json_writer json{to.body};
    json.begin_object().begin_array("data");
    for (std::size_t i = 0; i < seen.size() && i < limit; ++i) {
        json.begin_object();
        write_transfer(json, seen[i], to.ids);
        json.end_object();
    }
    json.end_array();
    seen.size() > limit
        ? json.plain("next", to.keys.encode_id(storage::id_kind::cursor, seen[limit - 1].position).view())
        : json.null("next");
    json.end_object();
    return std::nullopt;
}

problem_or_none get_transfer(call& from, http_response& answer) {
    const auto came = transfer_in_path(from);
    if (!came) return came.error();
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto newest = from.ledger.newest_of_transfer(from.keys.digest_of_transfer(came->program, came->line));
    const auto transfer = newest && *newest ? ledger::transfer_in(**newest) : std::nullopt;
    if (!transfer) return problem{problem_code::read_failed};
    json_writer json{answer.body};
    json.begin_object();
    write_transfer(json, *transfer, from.ids);
    json.end_object();
    return std::nullopt;
}

asked propose_assignment(call& from) {
    const auto transfer = transfer_in_path(from);
    if (!transfer) return tl::unexpected{transfer.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto purchase = purchase_named(from, body.text("purchase", id_bounds));
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (!purchase) {
        if (purchase.error().code != problem_code::not_found) return tl::unexpected{purchase.error()};
        body.refuse("purchase", problem_code::purchase_unknown, {});
    }
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{
        ledger::propose_for_transfer{transfer->program, transfer->position, purchase->reference, std::move(reason)}};
}

asked propose_return(call& from) {
    const auto transfer = transfer_in_path(from);
    if (!transfer) return tl::unexpected{transfer.error()};
    return read_why(from, true).map([&](std::string reason) -> actors::request {
        return ledger::command{
            ledger::propose_for_transfer{transfer->program, transfer->position, {}, std::move(reason)}};
    });
}

asked approve_transfer(call& from) { return decide_transfer(from, true); }

asked reject_transfer(call& from) { return decide_transfer(from, false); }

} // namespace meguri::net
