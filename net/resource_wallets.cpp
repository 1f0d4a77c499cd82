#include "net/resource_wallets.hpp"

#include "net/json_fields.hpp"
#include "net/json_writer.hpp"
#include "net/query_parameters.hpp"
#include "net/render_wallet.hpp"

#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 2> code_kinds{"card", "once"};

} // namespace

asked open_wallet(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::open_wallet{}};
}

asked issue_code(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const bool once = body.one_of("kind", code_kinds) == 1;
    body.finish();
    query_parameters query{from.request.query, fault};
    from.picture = query.picture();
    query.finish();
    if (!once && from.is_resident())
        body.refuse("kind", problem_code::invalid_value, "Must be once: a lasting code is given out at a desk.");
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto kind = once ? ledger::code_kind::once : ledger::code_kind::card;
    ledger::issue_code wanted{ledger::wallet_id{*wallet}, kind};
    if (once) wanted.digits = from.once_digits;
    return ledger::command{std::move(wanted)};
}

// A printed code is named by the entry of its issue, which its wallet's entries show.
asked block_code(call& from, bool reissue) {
    const auto position = from.id(storage::id_kind::entry);
    if (!position) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (reissue) {
        query_parameters query{from.request.query, fault};
        from.picture = query.picture();
        query.finish();
    }
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto issue = from.ledger.entry_at(*position);
    if (!issue) return refused(problem_code::read_failed);
    const auto code = *issue ? storage::known_code_of(**issue) : std::nullopt;
    if (!code || code->kind == ledger::code_kind::my_number_card) return refused(problem_code::not_found);
    if (code->kind == ledger::code_kind::once) return refused(problem_code::invalid_state); // ends by itself
    return ledger::command{ledger::block_code{code->wallet, code->ordinal, *position, reissue, std::move(reason)}};
}

asked grant_points(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const std::string_view wallet_text = body.text("wallet", id_bounds);
    const auto program = body.program("program");
    const auto amount = body.amount("amount");
    const auto expires_on = body.optional_date("expires_on");
    const auto source = body.funding_source("source");
    body.finish();
    if (!fault && from.is_staff() && program != from.by.municipality) return refused(problem_code::forbidden);
    const auto wallet = from.keys.decode_id(storage::id_kind::wallet, wallet_text);
    if (!wallet) body.refuse("wallet", problem_code::wallet_unknown, {});
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::grant{ledger::wallet_id{*wallet}, program, amount, expires_on, *source}};
}

asked read_wallet_balances(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const auto at = query.past_instant("at", from.now());
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    actors::read_wallet read{ledger::wallet_id{*wallet}};
    if (at) read.back = {*at};
    return read;
}

past_question look_back_at_wallet_balances(const actors::operation& read, const storage::key_ring& keys) {
    const auto& back = std::get<actors::read_wallet>(read.asked).back;
    if (!back) return {};
    const auto newest = read.record.previous_of_wallet;
    return [at = back->at, newest, only = read.by.municipality, &keys](ledger_past& past) -> past_result {
        const auto seen = past.wallet_at(newest, at);
        if (!seen) return tl::unexpected{problem{problem_code::read_failed}};
        past_answer answer;
        id_texts ids{keys};
        render_balances(answer.body, *seen, only, ids);
        return answer;
    };
}

problem_or_none render_wallet_balances(rendering& to) {
    render_balances(to.body, *to.done.wallet_seen, to.done.by.municipality, to.ids);
    return std::nullopt;
}

asked read_wallet_as_it_stands(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_wallet{ledger::wallet_id{*wallet}};
}

problem_or_none render_expiry_notices(rendering& to) {
    net::render_expiry_notices(to.body, *to.done.wallet_seen, to.done.by.municipality, ledger::jst_day::of(to.done.at),
                               to.ids);
    return std::nullopt;
}

asked read_wallet_entries(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const page wanted = query.read_page(from.keys);
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_wallet{ledger::wallet_id{*wallet}, wanted.before.value_or(0), wanted.limit};
}

// From the end of the wallet's chain, or from the cursor, which names the entry to go on with. Staff see what concerns
// their own program; so that a wallet full of others' entries keeps nobody waiting, a page reads a bounded number.
problem_or_none render_wallet_entries(rendering& to) {
    constexpr std::uint32_t entries_read_max = 500;
    const auto& asked_for = std::get<actors::read_wallet>(to.done.asked);
    ledger::journal_position next = asked_for.before != 0 ? asked_for.before : to.done.record.previous_of_wallet;

    json_writer json{to.body};
    json.begin_object().begin_array("data");
    std::uint32_t shown = 0;
    for (std::uint32_t read = 0; next != 0 && shown < asked_for.limit && read < entries_read_max; ++read) {
        const auto found = to.ledger.entry_at(next);
        if (!found) return problem{problem_code::read_failed};
        if (!*found || (*found)->wallet != asked_for.wallet) // a cursor of another wallet's list
            return problem{problem_code::invalid_parameter, "Must be the `next` of an earlier answer.", {}, "after"};
        shown += render_wallet_entry(json, **found, to.done.by.municipality, to.ids);
        next = (*found)->previous_of_wallet;
    }
    json.end_array();
    next != 0 ? json.plain("next", to.keys.encode_id(storage::id_kind::cursor, next).view()) : json.null("next");
    json.end_object();
    return std::nullopt;
}

} // namespace meguri::net
