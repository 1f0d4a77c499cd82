#include "net/resource_parties.hpp"

#include "net/json_fields.hpp"
#include "net/json_writer.hpp"
#include "net/query_parameters.hpp"
#include "net/scopes.hpp"

#include <algorithm>
#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 3> issuer_kinds{"municipality", "prefecture", "other"};

// A body of nothing but a name.
tl::expected<std::string, problem> read_name(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string name{body.text("name")};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return name;
}

// Of somebody new, whose key opens all that is open to that kind.
tl::expected<std::string, problem> read_name_of_holder(call& from, ledger::caller_kind kind) {
    auto name = read_name(from);
    if (!name) return name;
    if (auto wrong = may_not_give(from, kind)) return tl::unexpected{std::move(*wrong)};
    return name;
}

asked add_outlet(call& from, ledger::outlet_kind kind) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return refused(problem_code::not_found);
    const bool is_shop = kind == ledger::outlet_kind::shop;
    auto name = read_name_of_holder(from, is_shop ? ledger::caller_kind::shop : ledger::caller_kind::terminal);
    return std::move(name).map([&](std::string text) -> actors::request {
        return ledger::command{ledger::add_outlet{ledger::merchant_id{*merchant}, kind, std::move(text)}};
    });
}

// `only`: the program whose staff asks; none for an operator. Of merchants elsewhere they do not learn that they exist.
problem_or_none write_merchant_balances(std::string& out, const ledger::merchant& seen, ledger::program_code only) {
    if (only && !seen.terms->accepts(only)) return problem{problem_code::not_found};
    json_writer json{out};
    json.begin_object().begin_array("data");
    for (const auto& one : seen.totals) {
        if (only && one.program != only) continue;
        const auto digits = one.program.digits();
        json.begin_object();
        json.plain("program", {digits.data(), digits.size()});
        json.number("pending", one.pending.value());
        json.number("captured", one.captured.value());
        json.number("refunded", one.refunded.value());
        json.number("payable", one.payable());
        json.end_object();
    }
    json.end_array().end_object();
    return std::nullopt;
}

} // namespace

asked open_program(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::program opened;
    opened.code = body.program("code");
    opened.name = body.text("name");
    opened.expiry_days = static_cast<std::int32_t>(body.integer("expiry_days", 1, ledger::expiry_days_max));
    opened.online_only = body.boolean_or("online_only", false);
    opened.issuer = *ledger::parse_issuer_kind(issuer_kinds[body.one_of_or("issuer_kind", issuer_kinds, 0)]);
    opened.hold_days =
        static_cast<std::int32_t>(body.integer_or("hold_days", ledger::hold_days_default, 1, ledger::hold_days_max));
    body.finish();
    if (!ledger::program_code::from_number(opened.code.number()))
        body.refuse("code", problem_code::invalid_local_gov_code, {});
    if (fault) return tl::unexpected{std::move(*fault)};
    if (from.is_staff() && opened.code != from.by.municipality) return refused(problem_code::forbidden);
    return ledger::command{ledger::open_program{std::move(opened)}};
}

asked join_merchant(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::join_merchant joining{std::string{body.text("name")}, body.programs("programs")};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto is_own = [&](ledger::program_code code) { return code == from.by.municipality; };
    if (from.is_staff() && !std::all_of(joining.programs.begin(), joining.programs.end(), is_own))
        return refused(problem_code::forbidden);
    return ledger::command{std::move(joining)};
}

asked add_terminal(call& from) { return add_outlet(from, ledger::outlet_kind::terminal); }

asked add_shop(call& from) { return add_outlet(from, ledger::outlet_kind::shop); }

asked add_staff(call& from) {
    if (!ledger::local_gov_code::is_six_digits(from.route.captured[0])) return refused(problem_code::not_found);
    const auto code = ledger::local_gov_code::parse(from.route.captured[0]);
    if (!code) return refused(problem_code::invalid_local_gov_code);
    if (from.is_staff() && *code != from.by.municipality) return refused(problem_code::forbidden);
    return read_name_of_holder(from, ledger::caller_kind::municipality).map([&](std::string name) -> actors::request {
        return ledger::command{ledger::add_staff{*code, std::move(name)}};
    });
}

asked add_partner(call& from) {
    return read_name_of_holder(from, ledger::caller_kind::partner).map([](std::string name) -> actors::request {
        return ledger::command{ledger::add_partner{std::move(name)}};
    });
}

asked add_operator(call& from) {
    return read_name_of_holder(from, ledger::caller_kind::operator_).map([](std::string name) -> actors::request {
        return ledger::command{ledger::add_operator{std::move(name)}};
    });
}

asked read_merchant_balances(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return refused(problem_code::not_found);
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const auto at = query.past_instant("at", from.now());
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    actors::read_merchant read{ledger::merchant_id{*merchant}};
    if (at) read.back = {*at};
    return read;
}

problem_or_none render_merchant_balances(rendering& to) {
    return write_merchant_balances(to.body, *to.done.merchant_seen, to.done.by.municipality);
}

past_question look_back_at_merchant_balances(const actors::operation& read, const storage::key_ring&) {
    const auto& back = std::get<actors::read_merchant>(read.asked).back;
    if (!back) return {};
    return [at = back->at, today = *read.merchant_seen, only = read.by.municipality](ledger_past& past) -> past_result {
        const auto seen = past.merchant_at(today, at);
        if (!seen) return tl::unexpected{problem{problem_code::read_failed}};
        past_answer answer;
        if (auto hidden = write_merchant_balances(answer.body, *seen, only)) return tl::unexpected{std::move(*hidden)};
        return answer;
    };
}

} // namespace meguri::net
