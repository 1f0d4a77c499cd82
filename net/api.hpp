// The public API of one io thread: every request to a resource, every finished operation to its answer. Made by main,
// called by the HTTP front end and by the switch, both on that io thread.
//
//   handle:    phase of the service -> route -> bearer key -> role -> resource -> answered at once, or an operation
//   finished:  how the operation ended -> body -> responder
//   bulk_ended:  each line's operation -> its line of the body -> responder (api_bulk.cpp)
//   of work in steps: each finished operation -> the next one (api_steps.cpp)
//   of passwords: work for the slow desk -> an operation
//   of other parties: requests by the outbound desk -> an operation
//   of cards of which nothing is known: a question by the card status desk -> handled again (api_cards.cpp)
//   of the past:  a question for the past desk -> its body -> responder
#pragma once

#include "actors/operation.hpp"
#include "net/account_links.hpp"
#include "net/api_probes.hpp"
#include "net/authentication.hpp"
#include "net/bank_table.hpp"
#include "net/bulk_request.hpp"
#include "net/card_responder.hpp"
#include "net/json_document.hpp"
#include "net/outbound_thread.hpp"
#include "net/render_ids.hpp"
#include "net/request_log.hpp"
#include "net/residents.hpp"
#include "net/resource.hpp"
#include "net/responder.hpp"
#include "net/route_probes.hpp"
#include "net/router.hpp"
#include "net/service_state.hpp"
#include "net/submitter.hpp"
#include "net/switch_steps.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace meguri::net {

// All of it outlives the api. The front end is connected later, because it needs its handler first.
struct api_dependencies {
    service_state& service;
    const storage::key_ring& keys;
    ledger_view& ledger;
    submitter& to_switch;
    past_desk& past;
    card_trust& cards;
    residents& people;
    slow_desk& slow;
    account_links& links;
    outbound_desk& outside;
    card_status_desk& statuses;
    std::uint32_t operations_max = 16'384; // under way at once on this io thread
    config::log_settings log = {};
    failure_limit_settings failures = {};         // of authentication, and of codes that somebody without a key tries
    ledger::numeric_format once_digits = {};      // of one-time codes
    std::shared_ptr<const bank_table> banks = {}; // null: none is known
    std::string gateway_secret = {};              // empty: there is no gateway
    // Told of every answered operation and when its answer left (steady clock, nanoseconds): for the stage histograms.
    // May be empty.
    std::function<void(const actors::operation&, std::int64_t answered_ns)> answered = {};
};

class api final : public http_handler, public actors::reply_sink, public bulk_owner {
public:
    explicit api(api_dependencies dependencies);

    // Before the first request.
    void connect(responder& to) noexcept { responder_ = &to; }

    void handle(const http_request& request) override;
    http_response refusal(int status, std::string_view code, std::string_view detail,
                          std::uint64_t request_id) override;
    void handshake_failed(client_network from, std::string_view why) override { log_.handshake_failed(from, why); }
    void end_of_reads() override {}
    void finished(actors::operation& done) noexcept override;

    // Of operations under way at once, from now on.
    void set_operations_max(std::uint32_t most) noexcept { admission_.set_limit(most); }

    // Of failed authentications, from now on.
    void set_failure_limit(const failure_limit_settings& with) noexcept {
        authentication_.set_limit(with);
        tries_.set(with);
    }
    // For accounts, from now on.
    void set_banks(std::shared_ptr<const bank_table> with) { use_.banks = std::move(with); }
    // Of one-time codes, from now on.
    void set_once_digits(const ledger::numeric_format& with) { use_.once_digits = with; }
    // Of the log's lines about requests, from now on.
    void set_log(const config::log_settings& with) noexcept { log_.set(with); }
    // Once a second.
    void tell_suppressed() { log_.tell_suppressed(); }

    // Any thread.
    [[nodiscard]] const api_probes& probes() const noexcept { return probes_; }
    [[nodiscard]] const route_probes& routes() const noexcept { return routes_; }
    [[nodiscard]] std::uint64_t failures(authentication_failure why) const noexcept {
        return authentication_.failures(why);
    }
    [[nodiscard]] const request_log& log() const noexcept { return log_; }

private:
    [[nodiscard]] problem_or_none serve(const http_request& request, asker& from);
    [[nodiscard]] problem_or_none serve_as(const http_request& request, const route_match& route,
                                           const actors::principal& by, const asker& from, bool cards_were_asked);
    [[nodiscard]] problem_or_none serve_call(call& asking, const asker& from);
    void serve_when_asked(call& asking, const asker& from);
    [[nodiscard]] problem_or_none not_serving(const http_request& request) const;
    [[nodiscard]] problem_or_none read_key(const http_request& request, const resource& one,
                                           actors::operation& into) const;
    [[nodiscard]] problem_or_none submit(const call& asking, const asker& from, const actors::operation_ptr& op);
    // Makes the operation ready to be handed over; false: too much is under way.
    [[nodiscard]] bool admit(const http_request& request, const actors::principal& by, actors::operation& op);
    static void note_asker(const http_request& request, const actors::principal& by, actors::operation& op);
    [[nodiscard]] bool enter(actors::operation& op, std::uint64_t request_id);
    [[nodiscard]] problem_or_none serve_slowly(call& asking, const asker& from);
    void note_decided(const actors::operation& done);
    [[nodiscard]] problem_or_none serve_outside(call& asking, const asker& from);
    // False: too much is under way.
    [[nodiscard]] bool go_outside(const asker& from, const actors::operation_ptr& op, outside_step step);
    void go_on(const asker& to, ledger::instant at, next_step&& next);
    void worked(const asker& from, const actors::operation_ptr& op, slow_result result);
    [[nodiscard]] static actors::reply_ticket ticket_of(const asker& from) noexcept;
    [[nodiscard]] problem_or_none serve_bulk(call& asking, const asker& from);
    [[nodiscard]] problem_or_none begin_line(call& asking, bulk_request& bulk, std::size_t number,
                                             std::string_view text);
    void line_ended(const actors::operation& done) override;
    void bulk_ended(bulk_request& done) override;
    // Only of a payment decided now: a repetition of its key is told as an answer like any other.
    [[nodiscard]] static ledger::decline_code decline_of(const actors::operation& done) noexcept;
    [[nodiscard]] problem_or_none render(const actors::operation& done, http_response& answer);
    void look_back(const asker& by, past_question question);
    // Whose comparison it is, and when it was asked for.
    struct comparer {
        actors::principal who;
        ledger::instant at;
    };
    void compare(const asker& by, const comparer& whose, past_question question);
    // Has what was found written down; then the answer goes out.
    void note(const asker& by, const comparer& whose, past_answer&& found);
    void ask_the_past(const asker& by, past_question question, std::function<void(past_answer&&)> answered);
    // When it was: steady clock, nanoseconds.
    std::int64_t respond(const asker& to, http_response&& answer,
                         ledger::decline_code decline = ledger::decline_code::none);
    std::int64_t answer_problem(const asker& to, const problem& one);
    void send(const asker& to, http_response&& answer, std::int64_t now_ns);
    [[nodiscard]] static logged_request shown(const asker& one, int status, std::int64_t now_ns) noexcept;

    api_dependencies use_;
    responder* responder_ = nullptr;
    router router_;
    authentication authentication_;
    failure_limit tries_;
    admission admission_;
    json_document json_;
    id_texts ids_;
    request_log log_;
    api_probes probes_;
    route_probes routes_;
    std::vector<std::unique_ptr<bulk_request>> bulks_; // under way
};

} // namespace meguri::net
