#include "net/render_session.hpp"

#include "net/residents.hpp"

namespace meguri::net {

void write_session(json_writer& json, const resident_session& one, const id_texts& ids) {
    json.plain("id", ids.encode(storage::id_kind::session, one.number).view());
    json.plain("opened_by", name_of(one.origin));
    json.plain("opened_at", ledger::to_rfc3339(one.opened_at));
    json.plain("used_at", ledger::to_rfc3339(one.used_at));
    json.plain("idle_ends_at", ledger::to_rfc3339(one.idle_ends_at));
    json.plain("ends_at", ledger::to_rfc3339(one.ends_at));
}

problem_or_none render_new_session(rendering& to, const known_resident& who) {
    const auto opened = to.people.sessions.open(who.wallet, who.opens, to.done.at);
    if (!opened) return problem{problem_code::overloaded};
    to.status = 201;
    json_writer json{to.body};
    json.begin_object();
    json.plain("token", opened->token);
    json.plain("wallet", to.ids.encode(storage::id_kind::wallet, who.wallet.value()).view());
    who.my_key ? json.plain("mykey_id", who.my_key.text()) : json.null("mykey_id");
    json.boolean("enrolled", who.is_new);
    write_session(json, opened->session, to.ids);
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
