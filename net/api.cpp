#include "net/api.hpp"

#include "ledger/administrative.hpp"
#include "ledger/contract.hpp"
#include "net/bulk_form.hpp"
#include "net/fingerprint.hpp"
#include "net/idempotency_key.hpp"
#include "net/render_entry.hpp"
#include "net/request_id.hpp"
#include "net/routes.hpp"
#include "net/scopes.hpp"
#include "net/shown_code.hpp"
#include "storage/steady_clock.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

bool is_api_path(std::string_view path) noexcept {
    return path.starts_with("/v1") && (path.size() == 3 || path[3] == '/');
}

// With parameters or without: RFC 8259 has no charset, and clients send one all the same.
bool is_media_type(std::string_view content_type, std::string_view wanted) noexcept {
    const std::string_view given = content_type.substr(0, content_type.find_first_of("; \t"));
    return std::equal(given.begin(), given.end(), wanted.begin(), wanted.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string_view media_type_of(const resource& one) noexcept {
    if (one.takes_csv) return "text/csv";
    return one.form != nullptr ? one.form->content_type : "application/json";
}

bool is_answer(const actors::operation& done) noexcept {
    return done.end == actors::ending::decided || done.end == actors::ending::replayed ||
           done.end == actors::ending::read;
}

// Whether what a bearer key opens, or where, is another thing from now on.
bool changes_keys(const ledger::entry& one) noexcept {
    return std::holds_alternative<ledger::key_issued>(one.what) ||
           std::holds_alternative<ledger::key_revoked>(one.what) ||
           std::holds_alternative<ledger::terminal_certificates_changed>(one.what);
}

} // namespace

api::api(api_dependencies dependencies)
    : use_{std::move(dependencies)},
      router_{all_routes()},
      authentication_{use_.keys, use_.ledger, use_.service, use_.people.sessions, use_.failures},
      tries_{use_.failures},
      admission_{use_.operations_max},
      ids_{use_.keys},
      log_{use_.log},
      routes_{all_resources().size()} {
    if (use_.banks == nullptr) use_.banks = std::make_shared<const bank_table>();
}

void api::handle(const http_request& request) {
    asker from{.to = request.reply_to,
               .request_id = request.request_id,
               .route = routes_.unrouted(),
               .method = request.method,
               .gave_key = !request.authorization.empty(),
               .received_ns = request.received_steady_ns,
               .trace = parse_traceparent(request.traceparent),
               .from = request.from};
    if (const auto found = serve(request, from)) answer_problem(from, *found);
}

http_response api::refusal(int status, std::string_view code, std::string_view detail, std::uint64_t request_id) {
    const auto known = parse_problem_code(code);
    EXPECTS(known && text_of(*known).status == status);
    probes_.problems[static_cast<std::size_t>(*known)].add();
    log_.refused(*known, detail, request_id);
    return to_response({*known, std::string{detail}}, request_id);
}

// --- a request's way in ---

problem_or_none api::not_serving(const http_request& request) const {
    if (!is_api_path(request.path)) return std::nullopt;
    switch (use_.service.phase.load(std::memory_order_acquire)) {
    case service_phase::serving: return std::nullopt;
    case service_phase::stopped: return problem{problem_code::ledger_stopped};
    case service_phase::starting:
    case service_phase::draining: break;
    }
    return problem{problem_code::not_ready};
}

problem_or_none api::serve(const http_request& request, asker& from) {
    if (auto problem = not_serving(request)) return problem;
    const route_match route = router_.match(request.method, request.path);
    if (route.result == routing::unknown_path) return problem{problem_code::not_found};
    if (route.result == routing::wrong_method) {
        problem wrong{problem_code::method_not_allowed};
        wrong.allow = route.allow;
        return wrong;
    }
    from.route = route.id;
    const resource& one = all_resources()[route.id];
    static const actors::principal nobody;
    const actors::principal* by = &nobody;
    if (!one.roles.empty()) {
        const auto found = authentication_.principal_of(request);
        if (!found) return found.error();
        by = *found;
        if (!one.roles.contains(by->caller.kind)) return problem{problem_code::forbidden};
        if (auto lacking = lacks_scope(by->scopes, one.scopes)) return lacking;
    }
    const std::string_view wanted = media_type_of(one);
    if (one.method == http_method::post && !is_media_type(request.content_type, wanted))
        return problem{problem_code::unsupported_media_type, "The body must be " + std::string{wanted} + "."};
    return serve_as(request, route, *by, from, false);
}

problem_or_none api::serve_as(const http_request& request, const route_match& route, const actors::principal& by,
                              const asker& from, bool cards_were_asked) {
    call asking{request,
                route,
                by,
                use_.keys,
                use_.ledger,
                json_,
                ids_,
                use_.cards,
                use_.people,
                use_.links,
                tries_,
                *use_.banks,
                use_.once_digits,
                use_.gateway_secret,
                cards_were_asked};
    auto problem = serve_call(asking, from);
    if (asking.to_ask.empty()) return problem;
    serve_when_asked(asking, from);
    return std::nullopt;
}

problem_or_none api::serve_call(call& asking, const asker& from) {
    const resource& one = all_resources()[from.route];
    if (one.ask_line != nullptr) return serve_bulk(asking, from);
    if (one.compare != nullptr) {
        auto question = one.compare(asking);
        if (!question) return std::move(question.error());
        compare(from, {asking.by, asking.now()}, std::move(*question));
        return std::nullopt;
    }
    if (one.look_back_at_once != nullptr) {
        auto question = one.look_back_at_once(asking);
        if (!question) return std::move(question.error());
        if (*question) {
            look_back(from, std::move(*question));
            return std::nullopt;
        }
    }
    if (one.answer != nullptr) {
        http_response answer;
        answer.body = responder_->take_body();
        if (auto problem = one.answer(asking, answer)) return problem;
        probes_.answers.add();
        respond(from, std::move(answer));
        return std::nullopt;
    }
    if (one.ask_slowly != nullptr) return serve_slowly(asking, from);
    if (one.ask_outside != nullptr) return serve_outside(asking, from);
    const auto op = actors::make_operation();
    if (auto problem = read_key(asking.request, one, *op)) return problem;
    auto asks = one.ask(asking);
    if (!asks) return std::move(asks.error());
    op->asked = std::move(*asks);
    return submit(asking, from, op);
}

// An optional key is honoured all the same.
problem_or_none api::read_key(const http_request& request, const resource& one, actors::operation& into) const {
    // What is no command has no entry to be answered from: a log-in, whose caller is nobody yet.
    if (one.method != http_method::post || one.render != nullptr) return std::nullopt;
    if (!request.has_idempotency_key) {
        if (!one.needs_key) return std::nullopt;
        return problem{problem_code::idempotency_key_missing, {}, {}, "Idempotency-Key"};
    }
    if (!is_idempotency_key(request.idempotency_key))
        return problem{problem_code::idempotency_key_invalid, {}, {}, "Idempotency-Key"};
    into.record.idempotency_key = request.idempotency_key;
    return std::nullopt;
}

problem_or_none api::submit(const call& asking, const asker& from, const actors::operation_ptr& op) {
    const actors::principal& by = asking.acts_as ? *asking.acts_as : asking.by;
    if (!admit(asking.request, by, *op)) return problem{problem_code::overloaded};
    op->ticket = ticket_of(from);
    op->ticket.form = static_cast<std::uint8_t>(asking.picture);
    op->reply = this;
    use_.to_switch.submit(op);
    return std::nullopt;
}

bool api::admit(const http_request& request, const actors::principal& by, actors::operation& op) {
    note_asker(request, by, op);
    return enter(op, request.request_id);
}

void api::note_asker(const http_request& request, const actors::principal& by, actors::operation& op) {
    op.by = by;
    op.at = ledger::instant{request.received_at_ms};
    op.record.caller = by.caller;
    op.record.person = by.person;
    op.stages.received_ns = request.received_steady_ns;
}

bool api::enter(actors::operation& op, std::uint64_t request_id) {
    if (use_.service.shedding.load(std::memory_order_relaxed) || !admission_.enter()) {
        use_.to_switch.shed(op);
        return false;
    }
    const bool is_attended = op.by.person != 0 && op.by.caller.kind == ledger::caller_kind::resident;
    const bool is_at_desk = op.by.person != 0 && std::holds_alternative<actors::log_in>(op.asked);
    if (is_attended || is_at_desk || (op.command() != nullptr && ledger::is_administrative(*op.command())))
        op.record.origin = {op.by.key_number, request_id_text::process(), request_id};
    if (op.has_key()) {
        op.record.fingerprint = fingerprint_of(*op.command());
        op.key_digest = use_.keys.digest_of_idempotency(op.by.caller, op.record.idempotency_key);
    }
    op.stages.parsed_ns = storage::steady_ns();
    probes_.in_flight.add();
    return true;
}

// What its operation takes of the request is taken now: the rest of it is gone when the work is done.
problem_or_none api::serve_slowly(call& asking, const asker& from) {
    const resource& one = all_resources()[from.route];
    const auto op = actors::make_operation();
    if (auto problem = read_key(asking.request, one, *op)) return problem;
    auto work = one.ask_slowly(asking);
    if (!work) return std::move(work.error());
    op->prepared = asking.to_come;
    note_asker(asking.request, asking.by, *op);
    const bool is_taken =
        use_.slow.ask(std::move(*work), [this, from, op](slow_result result) { worked(from, op, std::move(result)); });
    return is_taken ? std::nullopt : problem_or_none{problem{problem_code::overloaded}};
}

problem_or_none api::serve_outside(call& asking, const asker& from) {
    const resource& one = all_resources()[from.route];
    const auto op = actors::make_operation();
    if (auto problem = read_key(asking.request, one, *op)) return problem;
    auto step = one.ask_outside(asking);
    if (!step) return std::move(step.error());
    note_asker(asking.request, asking.by, *op);
    return go_outside(from, op, std::move(**step)) ? std::nullopt : problem_or_none{problem{problem_code::overloaded}};
}

bool api::go_outside(const asker& from, const actors::operation_ptr& op, outside_step step) {
    return use_.outside.send(std::move(step.asked), [this, from, op, then = std::move(step.then)](web_result result) {
        auto next = then(std::move(result));
        if (auto* const ended = std::get_if<slow_result>(&next)) return worked(from, op, std::move(*ended));
        auto& more = *std::get<std::shared_ptr<outside_step>>(next);
        if (!go_outside(from, op, std::move(more))) answer_problem(from, problem{problem_code::overloaded});
    });
}

void api::worked(const asker& from, const actors::operation_ptr& op, slow_result result) {
    if (!result) {
        answer_problem(from, result.error());
        return;
    }
    op->asked = std::move(*result);
    if (!enter(*op, from.request_id)) {
        answer_problem(from, problem{problem_code::overloaded});
        return;
    }
    op->ticket = ticket_of(from);
    op->reply = this;
    use_.to_switch.submit(op);
}

actors::reply_ticket api::ticket_of(const asker& from) noexcept {
    return {from.to.connection, from.to.generation, from.to.sequence, from.route,
            from.request_id,    from.trace.high,    from.trace.low};
}

// --- and its answer's way out ---

void api::finished(actors::operation& done) noexcept {
    admission_.leave();
    probes_.in_flight.subtract();
    // Before the answer leaves: what every connection remembers of keys is looked up anew.
    if (done.end == actors::ending::decided && changes_keys(done.record))
        use_.service.keys_version.fetch_add(1, std::memory_order_acq_rel);
    if (done.end == actors::ending::decided && done.payment() == nullptr) note_decided(done);
    const auto& ticket = done.ticket;
    const resource& one = all_resources()[ticket.kind];
    const asker to{.to = {ticket.connection, ticket.generation, ticket.sequence},
                   .request_id = ticket.request_id,
                   .route = static_cast<std::uint16_t>(ticket.kind),
                   .method = one.method,
                   .gave_key = true,
                   .received_ns = done.stages.received_ns,
                   .trace = {ticket.trace_high, ticket.trace_low}};
    if (one.in_steps && done.prepared != nullptr && is_answer(done)) {
        const auto come = std::static_pointer_cast<const steps_to_come>(done.prepared);
        return go_on(to, done.at, come->then(done));
    }
    if (done.end == actors::ending::read && one.look_back != nullptr)
        if (auto question = one.look_back(done, use_.keys)) return look_back(to, std::move(question));
    http_response answer;
    answer.body = responder_->take_body();
    std::int64_t answered_ns = 0;
    if (const auto problem = render(done, answer)) {
        answered_ns = answer_problem(to, *problem);
    } else {
        probes_.answers.add();
        if (done.end == actors::ending::replayed) probes_.replayed.add();
        answered_ns = respond(to, std::move(answer), decline_of(done));
    }
    if (use_.answered) use_.answered(done, answered_ns);
}

void api::note_decided(const actors::operation& done) {
    use_.people.decided(done.record, done.by.session, done.at);
    const bool is_of_links = std::holds_alternative<ledger::link_changed>(done.record.what) ||
                             std::holds_alternative<ledger::linked_conversion_changed>(done.record.what);
    if (is_of_links && use_.links.decided) use_.links.decided(done.record);
}

ledger::decline_code api::decline_of(const actors::operation& done) noexcept {
    if (done.end != actors::ending::decided) return ledger::decline_code::none;
    const auto* const decided = std::get_if<ledger::payment_decided>(&done.record.what);
    return decided != nullptr ? decided->decline : ledger::decline_code::none;
}

problem_or_none api::render(const actors::operation& done, http_response& answer) {
    if (!is_answer(done)) return problem_of(done);
    if (done.command() == nullptr) {
        rendering to{done, use_.keys, use_.ledger, ids_, answer.body, use_.people};
        auto problem = all_resources()[done.ticket.kind].render(to);
        answer.status = to.status;
        answer.content_type = to.content_type;
        return problem;
    }
    if (std::holds_alternative<ledger::note_card_payment>(*done.command())) { // the gateway learns nothing by it
        answer.body = "{}";
        return std::nullopt;
    }
    answer.status = status_of(done.record);
    answer.idempotent_replayed = done.end == actors::ending::replayed;
    if (const auto picture = symbology{done.ticket.form}; picture != symbology::none) {
        draw_code(answer.body, picture, shown_code(done.record, use_.keys).reveal());
        answer.content_type = svg_content_type;
        return std::nullopt;
    }
    if (done.payment() != nullptr) { // where its key was reversed, the record is the reversal's
        json_writer json{answer.body};
        render_authorization(json, done.record, ids_);
    } else {
        render_entry(answer.body, done.record, ids_);
    }
    if (done.prepared != nullptr) {
        const auto& found = *static_cast<const past_answer*>(done.prepared.get());
        const bool is_rest = found.content_type == answer.content_type;
        is_rest ? answer.body.pop_back() : answer.body.clear();
        answer.body += found.body;
        answer.content_type = found.content_type;
    }
    return std::nullopt;
}

void api::look_back(const asker& by, past_question question) {
    ask_the_past(by, std::move(question), [this, by](past_answer&& found) {
        probes_.answers.add();
        http_response answer;
        answer.body = std::move(found.body);
        answer.content_type = found.content_type;
        respond(by, std::move(answer));
    });
}

void api::compare(const asker& by, const comparer& whose, past_question question) {
    ask_the_past(by, std::move(question),
                 [this, by, whose](past_answer&& found) { note(by, whose, std::move(found)); });
}

void api::note(const asker& by, const comparer& whose, past_answer&& found) {
    const auto op = actors::make_operation();
    op->asked = std::move(*found.to_note);
    if (use_.service.shedding.load(std::memory_order_relaxed) || !admission_.enter()) {
        use_.to_switch.shed(*op);
        answer_problem(by, problem{problem_code::overloaded});
        return;
    }
    op->by = whose.who;
    op->at = whose.at;
    op->record.caller = whose.who.caller;
    op->record.person = whose.who.person;
    op->prepared = std::make_shared<const past_answer>(std::move(found));
    op->stages.received_ns = by.received_ns;
    op->stages.parsed_ns = storage::steady_ns();
    probes_.in_flight.add();
    op->ticket = ticket_of(by);
    op->reply = this;
    use_.to_switch.submit(op);
}

void api::ask_the_past(const asker& by, past_question question, std::function<void(past_answer&&)> answered) {
    auto heard = [this, by, answered = std::move(answered)](past_result found) {
        probes_.looking_back.subtract();
        if (!found) {
            answer_problem(by, found.error());
            return;
        }
        answered(std::move(*found));
    };
    probes_.looking_back.add();
    if (use_.past.ask(std::move(question), std::move(heard))) return;
    probes_.looking_back.subtract();
    answer_problem(by, problem{problem_code::overloaded});
}

std::int64_t api::respond(const asker& to, http_response&& answer, ledger::decline_code decline) {
    const std::int64_t now = storage::steady_ns();
    if (decline != ledger::decline_code::none) {
        log_.declined(decline, shown(to, answer.status, now), now);
    } else if (log_.wants_answer(now)) {
        request_log::answered(shown(to, answer.status, now));
    }
    send(to, std::move(answer), now);
    return now;
}

std::int64_t api::answer_problem(const asker& to, const problem& one) {
    const std::int64_t now = storage::steady_ns();
    probes_.problems[static_cast<std::size_t>(one.code)].add();
    log_.failed(one.code, shown(to, text_of(one.code).status, now), now);
    send(to, to_response(one, to.request_id, responder_->take_body()), now);
    return now;
}

void api::send(const asker& to, http_response&& answer, std::int64_t now_ns) {
    routes_.record(to.route, answer.status, now_ns - to.received_ns);
    responder_->respond(to.to, std::move(answer));
}

logged_request api::shown(const asker& one, int status, std::int64_t now_ns) noexcept {
    return {one.method, one.route, one.request_id, one.trace, one.gave_key, one.from, status, now_ns - one.received_ns};
}

} // namespace meguri::net
