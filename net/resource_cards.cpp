#include "net/resource_cards.hpp"

#include "net/card_credential.hpp"
#include "net/card_login.hpp"
#include "net/json_fields.hpp"
#include "net/residents.hpp"

#include <algorithm>

namespace meguri::net {

asked bind_card(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    auto certificate = read_certificate(body, from.cards);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (from.waits_for(certificate)) return refused(problem_code::verification_unavailable);
    const auto card = from.keys.digest_of_card(certificate->identity);
    return ledger::command{
        ledger::bind_card{ledger::wallet_id{*wallet}, card,
                          std::make_shared<const held_certificate>(from.cards, std::move(certificate))}};
}

asked renew_card(call& from) {
    const auto id = from.id(storage::id_kind::wallet);
    if (!id) return refused(problem_code::not_found);
    const ledger::wallet_id wallet{*id};
    const auto all = from.people.sessions.all_of(wallet, from.now());
    const auto mine = std::ranges::find(all, from.by.session, &resident_session::number);
    if (mine == all.end() || mine->origin != session_origin::card)
        return tl::unexpected{problem{problem_code::card_required, "Log in by the card that is to be replaced."}};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto shown = read_shown_card(body, from.cards);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return judge_shown_card(from, shown, challenge_purpose::rebind)
        .map([wallet, before = mine->card](const ledger::enroll_person& with) -> actors::request {
            return ledger::command{ledger::renew_card{wallet, before, with.card, with.facts}};
        });
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
