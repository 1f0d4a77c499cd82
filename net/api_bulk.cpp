// The API's way for many authorizations in one request: each line is an operation of its own, as if it had come alone.
#include "net/api.hpp"
#include "net/bulk_form.hpp"
#include "net/card_trust.hpp"
#include "net/routes.hpp"
#include "storage/steady_clock.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

constexpr std::size_t answer_bytes = 512; // a line, about

tl::expected<bulk_lines, problem> authorizations_in(call& asking) {
    return bulk_lines{lines_of(asking.request.body), false};
}

void render_authorizations(const bulk_request& done, http_response& into, id_texts& ids) {
    into.content_type = "application/x-ndjson";
    into.body.reserve(done.lines().size() * answer_bytes);
    for (const auto& line : done.lines()) render_bulk_line(into.body, line, done.from().request_id, ids);
}

// None of the lines is begun before all of their cards have been asked about.
bool waits_for_cards(call& asking, const resource& one, const std::vector<std::string_view>& lines) {
    if (asking.cards_were_asked || !asking.cards.asks_responder()) return false;
    std::string key;
    for (const auto line : lines) static_cast<void>(one.ask_line(asking, line, key));
    return !asking.to_ask.empty();
}

constexpr bulk_form form_of_authorizations{"application/x-ndjson", bulk_request::lines_max, authorizations_in,
                                           render_authorizations, "The body must be application/x-ndjson."};

} // namespace

constinit const bulk_form authorizations_form = form_of_authorizations;

problem_or_none api::serve_bulk(call& asking, const asker& from) {
    if (asking.request.has_idempotency_key)
        return problem{problem_code::idempotency_key_invalid,
                       "Each line has an idempotency_key of its own.",
                       {},
                       "Idempotency-Key"};
    const bulk_form& form = *all_resources()[from.route].form;
    const auto read = form.lines(asking);
    if (!read) return read.error();
    const auto& lines = read->lines;
    if (lines.empty() || lines.size() > form.lines_max)
        return problem{problem_code::malformed_request,
                       "The body must have 1 to " + std::to_string(form.lines_max) + " lines."};
    if (waits_for_cards(asking, all_resources()[from.route], lines))
        return problem{problem_code::verification_unavailable};
    auto& bulk = *bulks_.emplace_back(std::make_unique<bulk_request>(*this, from, lines.size(), read->as_csv));
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (auto wrong = begin_line(asking, bulk, i, lines[i])) bulk.line(i).wrong = std::move(wrong);
    bulk.all_begun();
    return std::nullopt;
}

problem_or_none api::begin_line(call& asking, bulk_request& bulk, std::size_t number, std::string_view text) {
    const asker& from = bulk.from();
    std::string& key = bulk.line(number).idempotency_key;
    auto asks = all_resources()[from.route].ask_line(asking, text, key);
    if (!asks) return std::move(asks.error());
    const auto op = actors::make_operation();
    op->asked = std::move(*asks);
    op->record.idempotency_key = key;
    if (!admit(asking.request, asking.by, *op)) return problem{problem_code::overloaded};
    op->ticket = ticket_of(from);
    op->ticket.sequence = static_cast<std::uint32_t>(number);
    op->reply = &bulk;
    bulk.expect();
    use_.to_switch.submit(op);
    return std::nullopt;
}

void api::line_ended(const actors::operation& done) {
    admission_.leave();
    probes_.in_flight.subtract();
    if (done.end == actors::ending::replayed) probes_.replayed.add();
}

void api::bulk_ended(bulk_request& done) {
    const asker& from = done.from();
    http_response answer;
    answer.body = responder_->take_body();
    all_resources()[from.route].form->render(done, answer, ids_);
    probes_.answers.add();
    const std::int64_t now = respond(from, std::move(answer));
    for (const auto& line : done.lines()) {
        if (line.wrong) {
            probes_.problems[static_cast<std::size_t>(line.wrong->code)].add();
            continue;
        }
        if (const auto decline = decline_of(*line.done); decline != ledger::decline_code::none)
            log_.declined(decline, shown(from, 201, now), now);
        if (use_.answered) use_.answered(*line.done, now);
    }
    std::erase_if(bulks_, [&](const auto& one) { return one.get() == &done; });
}

} // namespace meguri::net
