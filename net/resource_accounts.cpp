#include "net/resource_accounts.hpp"

#include "ledger/joining.hpp"
#include "net/account_fields.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_joining.hpp"

namespace meguri::net {
namespace {

constexpr std::size_t accounts_shown_max = 100;

asked propose_account(call& from, const ledger::account_holder& holder) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::propose_account wanted{holder, {}, {}, {}};
    wanted.account = std::make_shared<const ledger::bank_account>(read_account(body, "account", from.banks));
    wanted.verdict = verdict_on(*wanted.account, from.banks);
    wanted.effective_from = body.date("effective_from");
    wanted.reason = body.text("reason", reason_bounds);
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{std::move(wanted)};
}

// The municipality in the path, if it is the caller's.
tl::expected<ledger::program_code, problem> municipality_in_path(const call& from) {
    const std::string_view text = from.route.captured[0];
    if (!ledger::local_gov_code::is_six_digits(text)) return tl::unexpected{problem{problem_code::not_found}};
    const auto code = ledger::local_gov_code::parse(text);
    if (!code) return tl::unexpected{problem{problem_code::invalid_local_gov_code}};
    if (from.is_staff() && *code != from.by.municipality) return tl::unexpected{problem{problem_code::forbidden}};
    return *code;
}

asked decide_account(call& from, bool approve) {
    const auto proposal = from.id(storage::id_kind::account_change);
    if (!proposal) return refused(problem_code::not_found);
    const auto found = from.ledger.entry_at(*proposal);
    if (!found) return refused(problem_code::read_failed);
    const auto* const proposed = *found ? std::get_if<ledger::account_changed>(&(*found)->what) : nullptr;
    if (proposed == nullptr || proposed->step != ledger::account_step::proposed)
        return refused(problem_code::not_found);
    const bool is_municipality = proposed->holder.kind == ledger::applicant_kind::municipality;
    if (is_municipality && from.is_staff() && proposed->holder.id != from.by.municipality.number())
        return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    std::string reason{approve ? body.text_or("reason", {}, reason_bounds) : body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{ledger::decide_account{proposed->holder, *proposal, approve, std::move(reason)}};
}

// One that was said by the application's approval, as a change is shown.
void write_first_account(json_writer& json, const ledger::entry& one, const ledger::application_changed& approved,
                         id_texts& ids) {
    const auto said = ledger::account_said_by(one);
    ledger::account_changed shown;
    shown.holder = said->holder;
    shown.step = ledger::account_step::approved;
    shown.proposal = approved.application;
    shown.maker = approved.maker;
    shown.effective_from = said->from;
    shown.account = std::make_shared<const ledger::bank_account>(said->account);
    shown.reason = approved.reason;
    write_account_change(json, one, shown, ids);
}

// The newest entries about the account, one behind the other; and which account is in force today.
problem_or_none write_accounts(std::string& out, ledger_view& from, const storage::key_ring& keys,
                               const ledger::account_holder& holder, ledger::jst_day today, id_texts& ids) {
    auto next = from.find_joining(keys.digest_of_account(holder));
    if (!next) return problem{problem_code::read_failed};
    json_writer json{out};
    json.begin_object().begin_array("data");
    std::optional<ledger::bank_account> in_force;
    ledger::journal_position position = next->value_or(0);
    for (std::size_t shown = 0; position != 0 && shown < accounts_shown_max; ++shown) {
        const auto found = from.entry_at(position);
        if (!found || !*found) return problem{problem_code::read_failed};
        const ledger::entry& one = **found;
        const auto said = ledger::account_said_by(one);
        if (!in_force && said && said->from <= today) in_force = said->account;
        json.begin_object();
        if (const auto* const change = std::get_if<ledger::account_changed>(&one.what))
            write_account_change(json, one, *change, ids);
        else
            write_first_account(json, one, std::get<ledger::application_changed>(one.what), ids);
        json.end_object();
        position = ledger::account_of(one)->previous;
    }
    json.end_array();
    in_force ? write_account(json, "in_force", *in_force) : static_cast<void>(json.null("in_force"));
    json.null("next"); // never more than one page
    json.end_object();
    return std::nullopt;
}

} // namespace

tl::expected<std::optional<ledger::bank_account>, problem> account_in_force(ledger_view& from,
                                                                            const storage::key_ring& keys,
                                                                            const ledger::account_holder& holder,
                                                                            ledger::jst_day on) {
    const auto newest = from.find_joining(keys.digest_of_account(holder));
    if (!newest) return tl::unexpected{problem{problem_code::read_failed}};
    for (ledger::journal_position position = newest->value_or(0); position != 0;) {
        const auto found = from.entry_at(position);
        if (!found || !*found) return tl::unexpected{problem{problem_code::read_failed}};
        auto said = ledger::account_said_by(**found);
        if (said && said->from <= on) return std::move(said->account);
        position = ledger::account_of(**found)->previous;
    }
    return std::nullopt;
}

asked propose_merchant_account(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return refused(problem_code::not_found);
    return propose_account(from, {ledger::applicant_kind::merchant, *merchant});
}

asked propose_municipality_account(call& from) {
    const auto code = municipality_in_path(from);
    if (!code) return tl::unexpected{code.error()};
    return propose_account(from, {ledger::applicant_kind::municipality, code->number()});
}

asked approve_account(call& from) { return decide_account(from, true); }

asked refuse_account(call& from) { return decide_account(from, false); }

asked read_merchant_accounts(call& from) {
    const auto merchant = from.id(storage::id_kind::merchant);
    if (!merchant) return refused(problem_code::not_found);
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return actors::read_merchant{ledger::merchant_id{*merchant}};
}

problem_or_none render_merchant_accounts(rendering& to) {
    const ledger::merchant& seen = *to.done.merchant_seen;
    const auto only = to.done.by.municipality;
    if (only && !seen.terms->accepts(only)) return problem{problem_code::not_found};
    if (only && seen.terms->programs.size() != 1) return problem{problem_code::forbidden}; // others' too
    return write_accounts(to.body, to.ledger, to.keys, {ledger::applicant_kind::merchant, seen.terms->id.value()},
                          ledger::jst_day::of(to.done.at), to.ids);
}

problem_or_none get_municipality_accounts(call& from, http_response& answer) {
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto code = municipality_in_path(from);
    if (!code) return code.error();
    return write_accounts(answer.body, from.ledger, from.keys, {ledger::applicant_kind::municipality, code->number()},
                          ledger::jst_day::of(from.now()), from.ids);
}

} // namespace meguri::net
