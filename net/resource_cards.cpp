#include "net/resource_cards.hpp"

#include "net/card_credential.hpp"
#include "net/json_fields.hpp"

namespace meguri::net {

asked bind_card(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    auto certificate = read_certificate(body, from.cards);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto card = from.keys.digest_of_card(certificate->identity);
    return ledger::command{
        ledger::bind_card{ledger::wallet_id{*wallet}, card,
                          std::make_shared<const held_certificate>(from.cards, std::move(certificate))}};
}

asked retire_card(call& from) {
    const auto bound_at = from.id(storage::id_kind::card);
    if (!bound_at) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto found = from.ledger.entry_at(*bound_at);
    if (!found) return refused(problem_code::read_failed);
    const auto bound = *found ? storage::known_code_of(**found) : std::nullopt;
    if (!bound || bound->kind != ledger::code_kind::my_number_card) return refused(problem_code::not_found);
    return ledger::command{ledger::retire_card{bound->wallet, bound->ordinal, *bound_at, std::move(reason)}};
}

} // namespace meguri::net
