#include "net/resource_my_keys.hpp"

#include "net/json_fields.hpp"
#include "net/json_writer.hpp"
#include "net/query_parameters.hpp"

namespace meguri::net {

asked issue_my_key(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::issue_my_key wanted{ledger::wallet_id{*wallet}, {}};
    if (const auto wish = body.text_or("wish", {}, id_bounds); !wish.empty()) {
        const auto id = ledger::my_key_id::parse(wish);
        if (id)
            wanted.wish = *id;
        else
            body.refuse("wish", problem_code::invalid_value, "Must be eight characters of A to Z and 0 to 9.");
    }
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{wanted};
}

asked revoke_my_key(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::revoke_my_key{ledger::wallet_id{*wallet}, std::move(reason)}};
}

problem_or_none render_my_key(rendering& to) {
    const ledger::wallet& seen = *to.done.wallet_seen;
    json_writer json{to.body};
    json.begin_object();
    json.plain("wallet", to.ids.encode(storage::id_kind::wallet, seen.id.value()).view());
    seen.my_key ? json.plain("mykey_id", seen.my_key.text()) : json.null("mykey_id");
    json.number("tries_left", seen.my_key_wishes);
    json.end_object();
    return std::nullopt;
}

problem_or_none get_my_key_owner(call& from, http_response& answer) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto id = ledger::my_key_id::parse(from.route.captured[0]);
    if (!id) return problem{problem_code::not_found};
    const auto owner = from.ledger.find_my_key(*id);
    if (!owner) return problem{problem_code::read_failed};
    if (!*owner) return problem{problem_code::not_found};
    json_writer json{answer.body};
    json.begin_object();
    json.plain("mykey_id", id->text());
    json.plain("wallet", from.ids.encode(storage::id_kind::wallet, (**owner).wallet.value()).view());
    json.plain("status", (**owner).is_active ? "active" : "ended");
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
