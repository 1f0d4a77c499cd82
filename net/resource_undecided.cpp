#include "net/resource_undecided.hpp"

#include "net/json_fields.hpp"

namespace meguri::net {

// An id that can be decoded was given out by this ledger, and nothing is given out before it is durable.
asked credit_undecided(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const std::string_view wallet_text = body.text("wallet", id_bounds);
    const std::string_view partner_text = body.text("partner", id_bounds);
    const auto amount = body.amount("amount");
    body.finish();
    const auto wallet = from.keys.decode_id(storage::id_kind::wallet, wallet_text);
    if (!wallet) body.refuse("wallet", problem_code::wallet_unknown, {});
    const auto partner = from.keys.decode_id(storage::id_kind::partner, partner_text);
    if (!partner) body.refuse("partner", problem_code::invalid_value, "There is no such partner.");
    if (fault) return tl::unexpected{std::move(*fault)};
    auto source = *ledger::funding_source::parse("partner:" + std::string{partner_text});
    return ledger::command{
        ledger::credit_undecided{ledger::wallet_id{*wallet}, ledger::partner_id{*partner}, amount, std::move(source)}};
}

asked choose_home(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto municipality = body.program("municipality");
    body.finish();
    if (municipality.is_prefecture())
        body.refuse("municipality", problem_code::invalid_value, "Must be a municipality, not a prefecture.");
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::choose_home{ledger::wallet_id{*wallet}, municipality}};
}

asked transfer_undecided(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto program = body.program("program");
    const auto amount = body.optional_amount("amount");
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::transfer_undecided{ledger::wallet_id{*wallet}, program, amount}};
}

} // namespace meguri::net
