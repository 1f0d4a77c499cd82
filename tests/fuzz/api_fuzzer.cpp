// Requests to every resource through the real api, without a switch behind it. The first line of an input is
//     METHOD TARGET CALLER IDEMPOTENCY-KEY
// where the caller is one of api_scene's (op, mu, pa, te, sh, ...) and the key may be missing; the body follows. Entry
// 1 proposed a correction. Each request is either answered, with JSON that says what its status says, or becomes one
// operation; a bulk request becomes one a line at most.
#include "ledger/contract.hpp"
#include "ledger/undecided.hpp"
#include "net/fingerprint.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include "tests/net/api_scene.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace meguri::fuzz {
namespace {

std::string_view cut_to(std::string_view& text, char end) {
    const std::string_view head = text.substr(0, text.find(end));
    text.remove_prefix(std::min(head.size() + 1, text.size()));
    return head;
}

test::asking request_in(std::string_view text) {
    test::asking one;
    std::string_view line = cut_to(text, '\n');
    one.method = cut_to(line, ' ');
    one.target = cut_to(line, ' ');
    one.key = cut_to(line, ' ');
    one.idempotency = line;
    one.body = text;
    return one;
}

// What became of a request; equal for requests that ask for the same.
struct outcome {
    int status = 0; // 0: an operation
    std::string body;
    std::size_t asked = 0;
    std::optional<ledger::digest128> fingerprint; // of a command

    bool operator==(const outcome&) const = default;
};

void check_lines(const net::http_response& answer) {
    static net::json_document document;
    ENSURES(answer.status == 200 && answer.body.ends_with('\n'));
    for (const auto line : net::lines_of(answer.body)) ENSURES(!document.parse(line).empty());
}

void check_answer(const net::http_response& answer) {
    static net::json_document document;
    ENSURES(answer.status >= 200 && answer.status <= 599);
    if (answer.content_type == "application/yaml") return;
    if (answer.content_type == "application/x-ndjson") return check_lines(answer);
    const auto nodes = document.parse(answer.body);
    ENSURES(!nodes.empty() && nodes[0].kind == net::json_kind::object);
    ENSURES((answer.status >= 400) == (answer.content_type == "application/problem+json"));
    if (answer.status < 400) return;
    const auto says_status = [&](const net::json_node& one) {
        return one.key == "status" && one.integer == answer.status;
    };
    ENSURES(std::ranges::any_of(nodes, says_status));
}

// What the switch takes for granted of a request that reached it.
void check_asked(const actors::request& asked) {
    if (const auto* const wanted = std::get_if<actors::read_wallet>(&asked))
        ENSURES(wanted->limit <= net::page::limit_max);
    const auto* const command = std::get_if<ledger::command>(&asked);
    if (command == nullptr) return;
    if (const auto* const payment = std::get_if<ledger::authorize>(command)) {
        ENSURES(!payment->amount.is_zero() && payment->amount.value() <= ledger::points::command_max);
        ENSURES(net::is_utf8(payment->reference) && net::within(payment->reference, {0, 64}));
    }
    if (const auto* const proposed = std::get_if<ledger::propose_correction>(command)) {
        ENSURES(!proposed->what->amount.is_zero() && proposed->what->amount.value() <= ledger::points::command_max);
        ENSURES(!ledger::is_undecided(proposed->what->program));
        ENSURES(net::is_utf8(proposed->what->reason) && net::within(proposed->what->reason, {1, 200}));
    }
    if (const auto* const converted = std::get_if<ledger::credit_undecided>(command))
        ENSURES(!converted->amount.is_zero() && converted->source.kind() == ledger::funding_kind::partner);
    if (const auto* const transfer = std::get_if<ledger::transfer_undecided>(command))
        ENSURES(!ledger::is_undecided(transfer->program) && !(transfer->amount && transfer->amount->is_zero()));
    if (const auto* const issue = std::get_if<ledger::issue_key>(command))
        ENSURES(ledger::scope_set::from_bits(issue->scopes.bits()) == issue->scopes &&
                issue->overlap_s.value_or(0) >= 0 && issue->overlap_s.value_or(0) <= ledger::key_overlap_max_s);
    if (const auto* const revoke = std::get_if<ledger::revoke_key>(command))
        ENSURES(revoke->number > 0 && net::within(revoke->reason, {0, 200}));
    if (const auto* const joining = std::get_if<ledger::join_merchant>(command))
        ENSURES(std::ranges::is_sorted(joining->programs) && !joining->programs.empty());
    if (const auto* const opening = std::get_if<ledger::open_program>(command))
        ENSURES(ledger::program_code::from_number(opening->opened.code.number()).has_value());
}

// Ends the operation as the switch does with what it refuses, so that it is answered.
void refuse(test::api_scene& scene, const actors::operation_ptr& op) {
    scene.operations.taken.clear();
    op->end = actors::ending::refused;
    op->refusal = ledger::refusal::forbidden;
    op->answer();
    ENSURES(scene.answers.given.size() == 1);
    check_answer(scene.answers.given.front());
}

outcome ask(test::api_scene& scene, const test::asking& one) {
    scene.answers.given.clear();
    scene.ask(one);
    ENSURES(scene.answers.given.size() + scene.operations.taken.size() == 1);
    if (!scene.answers.given.empty()) {
        const auto& answer = scene.answers.given.front();
        check_answer(answer);
        return {answer.status, answer.body, 0, {}};
    }
    const auto op = scene.operations.taken.front();
    check_asked(op->asked);
    outcome seen{0, "", op->asked.index(), {}};
    if (const auto* const command = op->command()) seen.fingerprint = net::fingerprint_of(*command);
    ENSURES(op->record.idempotency_key == (one.method == "POST" ? one.idempotency : ""));
    refuse(scene, op);
    return seen;
}

// Every line is answered once, whatever it is; the lines that ask for something are operations.
void ask_many(test::api_scene& scene, test::asking one) {
    one.content_type = "application/x-ndjson";
    scene.answers.given.clear();
    scene.ask(one);
    for (const auto& op : std::exchange(scene.operations.taken, {})) {
        check_asked(op->asked);
        op->end = actors::ending::refused;
        op->refusal = ledger::refusal::forbidden;
        op->answer();
    }
    ENSURES(scene.answers.given.size() == 1);
    const auto& answer = scene.answers.given.front();
    check_answer(answer);
    if (answer.status == 200) ENSURES(net::lines_of(answer.body).size() == net::lines_of(one.body).size());
}

} // namespace

void try_input(input bytes) {
    static test::api_scene scene;
    if (scene.ledger.entries.empty())
        scene.ledger.entries.emplace_back().what = test::sample_correction(ledger::correction_kind::debit);
    test::asking one = request_in(text_of(bytes));
    if (one.target == "/v1/authorizations/bulk") return ask_many(scene, one);
    const outcome seen = ask(scene, one);
    // Space around the JSON asks for nothing else.
    const std::string spaced = "\r\n\t " + std::string{one.body} + " \n";
    if (one.body.empty()) return;
    one.body = spaced;
    ENSURES(ask(scene, one) == seen);
}

} // namespace meguri::fuzz
