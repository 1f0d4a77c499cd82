#include "net/resource_keys.hpp"

#include "net/json_fields.hpp"
#include "net/json_writer.hpp"
#include "net/query_parameters.hpp"
#include "net/render_keys.hpp"
#include "net/scopes.hpp"

#include <charconv>

namespace meguri::net {
namespace {

std::optional<ledger::key_holder> holder_in_path(const call& from, ledger::caller_kind kind) {
    const auto id = from.id(id_kind_of(kind));
    return id ? std::optional{ledger::key_holder{kind, *id}} : std::nullopt;
}

// A key's number as it is written out; nullopt for anything else.
std::optional<std::uint32_t> number_in(std::string_view text) noexcept {
    std::uint32_t number = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong != std::errc{} || end != text.data() + text.size() || text.front() == '0') return std::nullopt;
    return number;
}

ledger::scope_set scopes_in(json_fields& body) {
    const auto named = body.optional_choices("scopes", ledger::scope_names);
    if (!named) return ledger::scope_set::unrestricted();
    ledger::scope_set all;
    for (const auto one : *named) all = all | ledger::scope_set{static_cast<ledger::scope>(one)};
    return all;
}

// Who has another person's key acts as that person: of corrections, which take two, one could then do both.
problem_or_none may_not_act_for(const call& from, const ledger::key_holder& holder) {
    const bool is_person =
        holder.kind == ledger::caller_kind::operator_ || holder.kind == ledger::caller_kind::municipality;
    if (!is_person || holder.id == from.by.person || from.by.scopes.is_unrestricted()) return std::nullopt;
    return problem{problem_code::scope_missing, "A key with scopes gives out keys of its own person alone."};
}

// Of the holder's keys staff see what they may change, and those of outlets that are not theirs alone.
bool is_shown(const actors::operation& read, const ledger::key_holder& holder) {
    const auto only = read.by.municipality;
    if (!ledger::is_outlet(holder)) return read.party_seen && (!only || read.party_seen->municipality == only);
    const auto& terms = *read.merchant_seen->terms;
    const auto* const outlet = terms.find(ledger::outlet_id{holder.id});
    const bool wants_shop = holder.kind == ledger::caller_kind::shop;
    return outlet != nullptr && (outlet->kind == ledger::outlet_kind::shop) == wants_shop &&
           (!only || terms.accepts(only));
}

} // namespace

asked issue_key(call& from, ledger::caller_kind of) {
    const auto holder = holder_in_path(from, of);
    if (!holder) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::issue_key wanted{*holder, scopes_in(body), {}};
    wanted.overlap_s = body.optional_integer("overlap_seconds", 0, ledger::key_overlap_max_s);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (auto wrong = may_not_give(from, of, wanted.scopes)) return tl::unexpected{std::move(*wrong)};
    if (auto wrong = may_not_act_for(from, *holder)) return tl::unexpected{std::move(*wrong)};
    return ledger::command{std::move(wanted)};
}

asked read_keys(call& from, ledger::caller_kind of) {
    const auto holder = holder_in_path(from, of);
    if (!holder) return refused(problem_code::not_found);
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_holder{*holder};
}

problem_or_none render_keys_read(rendering& to) {
    const auto& holder = std::get<actors::read_holder>(to.done.asked).holder;
    if (!is_shown(to.done, holder)) return problem{problem_code::not_found};
    const auto keys = to.ledger.keys_of(holder);
    if (!keys) return problem{problem_code::read_failed};
    json_writer json{to.body};
    json.begin_object();
    write_keys(json, "data", *keys, to.done.at);
    json.null("next"); // never more than one page
    json.end_object();
    return std::nullopt;
}

asked revoke_key(call& from, ledger::caller_kind of) {
    const auto holder = holder_in_path(from, of);
    const auto number = number_in(from.route.captured[1]);
    if (!holder || !number) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text_or("reason", {}, reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::revoke_key{*holder, *number, std::move(reason)}};
}

} // namespace meguri::net
