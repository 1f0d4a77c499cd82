#include "net/render_my_key.hpp"

#include "ledger/contract.hpp"

#include <string_view>

namespace meguri::net {
namespace {

std::string_view result_of(ledger::my_key_step step) {
    switch (step) {
    case ledger::my_key_step::issued: return "issued";
    case ledger::my_key_step::wish_granted: return "changed";
    case ledger::my_key_step::wish_taken: return "wish_taken";
    case ledger::my_key_step::drawn_instead: return "drawn_instead";
    case ledger::my_key_step::revoked: return "revoked";
    }
    EXPECTS(!"a step has a name");
    return {};
}

void text_or_null(json_writer& json, std::string_view name, ledger::my_key_id id) {
    id ? json.plain(name, id.text()) : json.null(name);
}

} // namespace

void write_my_key(json_writer& json, const ledger::my_key_changed& fact) {
    const bool has_ended = fact.before && fact.before != fact.after;
    text_or_null(json, "mykey_id", fact.after);
    json.plain("result", result_of(fact.step));
    text_or_null(json, "previous", has_ended ? fact.before : ledger::my_key_id{});
    text_or_null(json, "wish", fact.wished);
    json.number("tries_left", fact.wishes_left);
}

} // namespace meguri::net
