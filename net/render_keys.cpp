#include "net/render_keys.hpp"

#include "ledger/contract.hpp"

namespace meguri::net {
namespace {

std::string_view state_of(const ledger::issued_key& one, ledger::instant now) noexcept {
    if (one.revoked) return "revoked";
    if (one.ends_at == ledger::instant{}) return "active";
    return one.is_usable(now) ? "ending" : "ended";
}

void key_time(json_writer& json, std::string_view name, ledger::instant at) {
    at == ledger::instant{} ? json.null(name) : json.plain(name, ledger::to_rfc3339(at));
}

} // namespace

storage::id_kind id_kind_of(ledger::caller_kind holder) {
    switch (holder) {
    case ledger::caller_kind::operator_: return storage::id_kind::operator_;
    case ledger::caller_kind::municipality: return storage::id_kind::staff;
    case ledger::caller_kind::partner: return storage::id_kind::partner;
    case ledger::caller_kind::terminal: return storage::id_kind::terminal;
    case ledger::caller_kind::shop: return storage::id_kind::shop;
    case ledger::caller_kind::resident:
    case ledger::caller_kind::activation:
    case ledger::caller_kind::none: break;
    }
    EXPECTS(!"somebody who holds keys");
    return storage::id_kind::operator_;
}

void write_scopes(json_writer& json, ledger::scope_set scopes) {
    if (scopes.is_unrestricted()) {
        json.null("scopes");
        return;
    }
    json.begin_array("scopes");
    for (std::size_t i = 0; i < ledger::scope_count; ++i)
        if (const auto one = static_cast<ledger::scope>(i); scopes.contains(one)) json.plain(name_of(one));
    json.end_array();
}

void write_keys(json_writer& json, std::string_view name, const ledger::key_chain& keys, ledger::instant now) {
    json.begin_array(name);
    for (const auto& one : keys.known) {
        json.begin_object();
        json.number("number", one.number);
        json.plain("state", state_of(one, now));
        write_scopes(json, one.scopes);
        key_time(json, "created_at", one.issued_at);
        key_time(json, "ends_at", one.ends_at);
        json.end_object();
    }
    json.end_array();
}

} // namespace meguri::net
