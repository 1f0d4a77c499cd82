#include "net/resource_activations.hpp"

#include "net/failure_limit.hpp"
#include "net/json_fields.hpp"
#include "net/json_writer.hpp"
#include "net/query_parameters.hpp"
#include "net/scopes.hpp"

#include <charconv>

namespace meguri::net {
namespace {

// As it is written out; nullopt for anything else.
std::optional<std::uint32_t> activation_number_in(std::string_view text) noexcept {
    std::uint32_t number = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong != std::errc{} || end != text.data() + text.size() || text.front() == '0') return std::nullopt;
    return number;
}

// One more wrong code from there.
problem wrong_code(const call& from, problem_code code) {
    if (!from.tries.count(from.request.from, from.request.received_steady_ns)) return {problem_code::too_many_failures};
    problem wrong{code};
    wrong.pointer = "/code";
    return wrong;
}

struct issued_activation {
    ledger::journal_position at = 0;
    ledger::activation_changed code;
};

// Whose code was typed, if it is somebody's and not over. Whether it was used the merchant knows.
tl::expected<issued_activation, problem> find_activation(const call& from, std::string_view typed) {
    const auto code = ledger::activation_code::parse(typed);
    if (!code) return tl::unexpected{wrong_code(from, problem_code::invalid_activation_code)};
    const auto at = from.ledger.find_joining(from.keys.digest_of_activation(*code));
    if (!at) return tl::unexpected{problem{problem_code::read_failed}};
    if (!*at) return tl::unexpected{wrong_code(from, problem_code::activation_code_unknown)};
    const auto issue = from.ledger.entry_at(**at);
    if (!issue || !*issue) return tl::unexpected{problem{problem_code::read_failed}};
    const auto* const issued = std::get_if<ledger::activation_changed>(&(**issue).what);
    if (issued == nullptr) return tl::unexpected{wrong_code(from, problem_code::activation_code_unknown)};
    if (from.now() >= issued->valid_until)
        return tl::unexpected{wrong_code(from, problem_code::activation_code_expired)};
    return issued_activation{**at, *issued};
}

} // namespace

asked issue_activation(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const auto hours =
        body.integer_or("valid_hours", ledger::activation_hours_default, 1, ledger::activation_hours_max);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    if (auto wrong = may_not_give(from, ledger::caller_kind::terminal)) return tl::unexpected{std::move(*wrong)};
    return ledger::command{ledger::issue_activation{ledger::merchant_id{*merchant}, static_cast<std::int32_t>(hours)}};
}

asked revoke_activation(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    const auto number = activation_number_in(from.route.captured[1]);
    if (!merchant || !number) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{body.text_or("reason", {}, reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::revoke_activation{ledger::merchant_id{*merchant}, *number, std::move(reason)}};
}

asked read_activations(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return refused(problem_code::not_found);
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_merchant{ledger::merchant_id{*merchant}};
}

// Those that can still be used. What became of the others the audit log tells.
problem_or_none render_activations(rendering& to) {
    const ledger::merchant& seen = *to.done.merchant_seen;
    const auto only = to.done.by.municipality;
    if (only && !seen.terms->accepts(only)) return problem{problem_code::not_found};
    json_writer json{to.body};
    json.begin_object().begin_array("data");
    for (const auto& one : seen.activations) {
        if (to.done.at >= one.valid_until) continue;
        json.begin_object();
        json.number("number", one.number);
        json.plain("valid_until", ledger::to_rfc3339(one.valid_until));
        json.plain("created_at", ledger::to_rfc3339(one.issued_at));
        json.end_object();
    }
    json.end_array();
    json.null("next"); // never more than one page
    json.end_object();
    return std::nullopt;
}

asked activate_terminal(call& from) {
    if (from.tries.is_reached(from.request.from, from.request.received_steady_ns))
        return refused(problem_code::too_many_failures);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const std::string typed{body.text("code", id_bounds)};
    std::string name{body.text("name")};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto found = find_activation(from, typed);
    if (!found) return tl::unexpected{found.error()};
    auto& code = from.acts_as.emplace();
    code.caller = {ledger::caller_kind::activation, found->at};
    code.key_number = 0;
    return ledger::command{ledger::activate_terminal{found->code.merchant, found->code.number, std::move(name)}};
}

} // namespace meguri::net
