#include "net/resource_links.hpp"

#include "net/account_links.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/random_text.hpp"
#include "net/render_link.hpp"
#include "net/write_page.hpp"
#include "storage/index_keys.hpp"

#include <memory>
#include <string>

namespace meguri::net {
namespace {

constexpr text_bounds oauth_text_bounds{1, 2'048};

// The partner that the body names, if accounts can be linked there.
const partner_connection* read_linkable_partner(json_fields& body, const call& from) {
    const auto id = from.keys.decode_id(storage::id_kind::partner, body.text("partner", id_bounds));
    const auto* const known = id ? from.links.partners.find(ledger::partner_id{*id}) : nullptr;
    if (known == nullptr) body.refuse("partner", problem_code::partner_not_linkable, {});
    return known;
}

// Why there is no answer of the partner that can be used.
problem unanswered(const web_result& result) {
    const bool refused = result && result->status >= 400 && result->status < 500 && result->status != 429;
    return problem{refused ? problem_code::partner_refused : problem_code::partner_unavailable};
}

// What a link is made of, once the partner has said whose account it is.
struct link_making {
    const partner_connection& to;
    const storage::key_ring& keys;
    const partner_calls& calls;
    ledger::wallet_id wallet;
    std::int64_t now_ms;

    [[nodiscard]] outside_next exchanged(const web_result& result) const {
        auto tokens = result ? tokens_in(*result, now_ms) : std::nullopt;
        if (!tokens) return slow_result{tl::unexpected{unanswered(result)}};
        auto question = calls.ask_account(to, tokens->access);
        return std::make_shared<outside_step>(
            outside_step{std::move(question), [making = *this, tokens = std::move(*tokens)](const web_result& account) {
                             return outside_next{making.known(account, tokens)};
                         }});
    }
    [[nodiscard]] slow_result known(const web_result& result, const partner_tokens& tokens) const {
        const auto subject = result ? subject_in(*result) : std::string{};
        if (subject.empty()) return tl::unexpected{unanswered(result)};
        const auto account = keys.digest_of_partner_account(to.partner, subject);
        ledger::partner_link what{wallet, subject, account, keys.seal_tokens(account, text_of(tokens))};
        return ledger::command{
            ledger::link_account{to.partner, wallet, std::make_shared<const ledger::partner_link>(std::move(what))}};
    }
};

problem_or_none write_newest_link(json_writer& json, call& from, ledger::partner_id partner, ledger::wallet_id wallet) {
    const auto position =
        from.ledger.find_conversion(storage::index_kind::link_person, storage::digest_of_person(partner, wallet));
    if (!position) return problem{problem_code::read_failed};
    if (!*position) return std::nullopt;
    const auto newest = from.ledger.entry_at(**position);
    if (!newest || !*newest) return problem{problem_code::read_failed};
    const auto& fact = std::get<ledger::link_changed>((**newest).what);
    if (fact.step == ledger::link_step::ended) return std::nullopt;
    json.begin_object();
    write_link(json, **newest, fact, from.ids);
    json.end_object();
    return std::nullopt;
}

} // namespace

problem_or_none begin_link(call& from, http_response& answer) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return problem{problem_code::not_found};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto* const partner = read_linkable_partner(body, from);
    body.finish();
    if (fault) return std::move(*fault);
    const auto begun =
        from.links.requests.open(from.by.session, ledger::wallet_id{*wallet}, partner->partner, from.now().unix_ms());
    if (!begun) return problem{problem_code::overloaded};
    answer.status = 201;
    json_writer json{answer.body};
    json.begin_object();
    json.text("authorization_url",
              authorization_url(*partner, from.links.redirect_uri, begun->state, begun->challenge));
    json.plain("ends_at", ledger::to_rfc3339(ledger::instant{begun->ends_at_ms}));
    json.end_object();
    return std::nullopt;
}

outside_work finish_link(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return tl::unexpected{problem{problem_code::not_found}};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto state = body.text("state", oauth_text_bounds);
    const std::string code{body.text("code", oauth_text_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto begun =
        from.links.requests.take(state, from.by.session, ledger::wallet_id{*wallet}, from.now().unix_ms());
    if (!begun) return tl::unexpected{problem{problem_code::link_not_begun, {}, "/state", {}}};
    const auto* const partner = from.links.partners.find(begun->partner);
    const link_making making{*partner, from.keys, from.links.calls, begun->wallet, from.now().unix_ms()};
    auto first = from.links.calls.exchange_code(*partner, from.links.redirect_uri, code, begun->verifier);
    return std::make_shared<outside_step>(
        outside_step{std::move(first), [making](const web_result& result) { return making.exchanged(result); }});
}

problem_or_none list_links(call& from, http_response& answer) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return problem{problem_code::not_found};
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    json_writer json{answer.body};
    json.begin_object().begin_array("data");
    for (const auto& one : from.links.partners.all())
        if (auto failed = write_newest_link(json, from, one.partner, ledger::wallet_id{*wallet})) return failed;
    json.end_array();
    json.end_object();
    return std::nullopt;
}

asked end_link(call& from) {
    const auto position = from.id(storage::id_kind::link);
    if (!position) return refused(problem_code::not_found);
    const auto linked = from.ledger.entry_at(*position);
    if (!linked) return refused(problem_code::read_failed);
    const auto* const fact = *linked ? std::get_if<ledger::link_changed>(&(**linked).what) : nullptr;
    if (fact == nullptr || fact->link != 0 || fact->what->wallet.value() != from.by.caller.id)
        return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text_or("reason", {}, reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::end_link{fact->partner, fact->what->wallet, *position, std::move(reason)}};
}

asked convert_linked(call& from) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto* const partner = read_linkable_partner(body, from);
    const auto units = body.integer("units", 1, static_cast<std::int64_t>(ledger::conversion_units_max));
    const auto program = body.optional_program("program");
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::convert_linked{partner->partner, ledger::wallet_id{*wallet}, random_text("lc-"),
                                                  static_cast<std::uint64_t>(units),
                                                  program.value_or(ledger::program_code{})}};
}

namespace {

// Of the conversion that was asked for there; nullopt: there was none that concerns the caller.
tl::expected<std::optional<ledger::entry>, problem> newest_step(const call& from, ledger::journal_position asked_at) {
    const auto position =
        from.ledger.find_conversion(storage::index_kind::linked_conversion, storage::digest_of_position(asked_at));
    if (!position) return tl::unexpected{problem{problem_code::read_failed}};
    if (!*position) return std::nullopt;
    auto newest = from.ledger.entry_at(**position);
    if (!newest || !*newest) return tl::unexpected{problem{problem_code::read_failed}};
    const auto& fact = std::get<ledger::linked_conversion_changed>((**newest).what);
    if (!from.knows(fact.what->wallet)) return std::nullopt;
    return *std::move(newest);
}

problem_or_none write_as_it_stands(json_writer& json, const call& from, const ledger::entry& newest) {
    const auto& fact = std::get<ledger::linked_conversion_changed>(newest.what);
    const auto credited = from.ledger.find_conversion(
        storage::index_kind::conversion_reference, from.keys.digest_of_conversion(fact.partner, fact.what->reference));
    if (!credited) return problem{problem_code::read_failed};
    json.begin_object();
    write_linked_conversion(json, newest, fact, credited->value_or(0), from.ids);
    json.end_object();
    return std::nullopt;
}

} // namespace

problem_or_none get_linked_conversion(call& from, http_response& answer) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto asked_at = from.id(storage::id_kind::linked_conversion);
    if (!asked_at) return problem{problem_code::not_found};
    const auto newest = newest_step(from, *asked_at);
    if (!newest) return newest.error();
    if (!*newest) return problem{problem_code::not_found};
    json_writer json{answer.body};
    return write_as_it_stands(json, from, **newest);
}

problem_or_none list_linked_conversions(call& from, http_response& answer) {
    const auto wallet = from.id(storage::id_kind::wallet);
    if (!wallet) return problem{problem_code::not_found};
    const auto list = storage::number_of_list(ledger::wallet_id{*wallet}, storage::list_kind::linked_conversions);
    return write_list(from, answer, list, [&](json_writer& json, ledger::journal_position asked_at) -> problem_or_none {
        const auto newest = newest_step(from, asked_at);
        if (!newest) return newest.error();
        if (!*newest) return problem{problem_code::read_failed};
        return write_as_it_stands(json, from, **newest);
    });
}

} // namespace meguri::net
