#include "net/resource_sessions.hpp"

#include "ledger/contract.hpp"
#include "net/card_login.hpp"
#include "net/json_writer.hpp"
#include "net/query_parameters.hpp"
#include "net/render_session.hpp"
#include "net/residents.hpp"

namespace meguri::net {
namespace {

// Who logged in, as the finished operation says.
known_resident resident_in(const actors::operation& done) {
    if (done.wallet_seen)
        return {done.wallet_seen->id, done.wallet_seen->my_key, {.card = done.code ? done.code->ordinal : 0}};
    const auto* const enrolled = std::get_if<ledger::person_enrolled>(&done.record.what);
    EXPECTS(enrolled != nullptr);
    return {enrolled->wallet, enrolled->my_key, {.card = 1}, true};
}

asked log_in_for(call& from, challenge_purpose of) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto shown = read_shown_card(body, from.cards);
    const bool may_enroll = body.boolean_or("enroll", true);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return judge_shown_card(from, shown, of).map([may_enroll](const ledger::enroll_person& with) -> actors::request {
        return actors::log_in{with, may_enroll};
    });
}

problem_or_none finish_empty(call& from) {
    request_fault fault;
    json_fields{from.json, from.request.body, fault}.finish();
    return fault;
}

} // namespace

problem_or_none open_challenge(call& from, http_response& answer) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto purpose = static_cast<challenge_purpose>(body.one_of("purpose", challenge_purpose_names));
    body.finish();
    if (fault) return std::move(*fault);
    const http_request& request = from.request;
    const auto opened =
        from.people.challenges.open(purpose, request.from, request.received_at_ms, request.received_steady_ns);
    if (!opened) {
        const bool is_full = opened.error() == challenge_book::refused::full;
        return is_full
                 ? problem{problem_code::overloaded}
                 : problem{problem_code::too_many_failures, "Too many challenges were asked for from this address."};
    }
    answer.status = 201;
    json_writer json{answer.body};
    json.begin_object();
    json.plain("challenge", opened->text);
    json.plain("purpose", name_of(purpose));
    json.plain("audience", from.people.audience);
    json.plain("ends_at", ledger::to_rfc3339(ledger::instant{opened->ends_at_ms}));
    json.end_object();
    return std::nullopt;
}

asked log_in_by_card(call& from) { return log_in_for(from, challenge_purpose::login); }
asked log_in_at_desk(call& from) { return log_in_for(from, challenge_purpose::support); }

problem_or_none render_support_session(rendering& to) {
    auto who = resident_in(to.done);
    who.opens.origin = session_origin::desk;
    who.opens.attendant = to.done.by.person;
    return render_new_session(to, who);
}

problem_or_none render_session(rendering& to) { return render_new_session(to, resident_in(to.done)); }

problem_or_none list_sessions(call& from, http_response& answer) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    json_writer json{answer.body};
    json.begin_object().begin_array("data");
    for (const auto& one : from.people.sessions.all_of(ledger::wallet_id{from.by.caller.id}, from.now())) {
        json.begin_object();
        write_session(json, one, from.ids);
        json.boolean("current", one.number == from.by.session);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return std::nullopt;
}

problem_or_none revoke_session(call& from, http_response& answer) {
    const auto number = from.id(storage::id_kind::session);
    if (!number) return problem{problem_code::not_found};
    if (auto fault = finish_empty(from)) return fault;
    if (!from.people.sessions.end(ledger::wallet_id{from.by.caller.id}, *number, from.now()))
        return problem{problem_code::not_found};
    json_writer json{answer.body};
    json.begin_object();
    json.number("revoked", 1);
    json.end_object();
    return std::nullopt;
}

problem_or_none revoke_all_sessions(call& from, http_response& answer) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const bool keep_current = body.boolean_or("keep_current", false);
    body.finish();
    if (fault) return std::move(*fault);
    const auto ended = from.people.sessions.end_all(ledger::wallet_id{from.by.caller.id},
                                                    keep_current ? from.by.session : 0, from.now());
    json_writer json{answer.body};
    json.begin_object();
    json.number("revoked", static_cast<std::int64_t>(ended));
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
