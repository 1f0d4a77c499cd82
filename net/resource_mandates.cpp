#include "net/resource_mandates.hpp"

#include "net/account_fields.hpp"
#include "net/json_fields.hpp"
#include "net/query_parameters.hpp"
#include "net/render_debit.hpp"
#include "net/resource_purchases.hpp"

namespace meguri::net {
namespace {

constexpr std::size_t mandate_steps_max = 1'000; // of one person and program

// The mandate that the path names, as it was requested; staff do not learn of another municipality's that it exists.
tl::expected<ledger::debit_mandate, problem> mandate_in_path(const call& from) {
    const auto requested = from.id(storage::id_kind::mandate);
    if (!requested) return tl::unexpected{problem{problem_code::not_found}};
    const auto found = from.ledger.entry_at(*requested);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    auto mandate = *found ? ledger::mandate_in(**found) : std::nullopt;
    if (!mandate || (from.is_staff() && mandate->program != from.by.municipality))
        return tl::unexpected{problem{problem_code::not_found}};
    return *std::move(mandate);
}

} // namespace

asked request_mandate(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    ledger::request_mandate wanted;
    wanted.wallet = buyer_in(body, from);
    wanted.program = body.program("program");
    wanted.account = std::make_shared<const ledger::bank_account>(read_account(body, "account", from.banks));
    wanted.verdict = verdict_on(*wanted.account, from.banks);
    body.finish();
    if (!fault && !ledger::can_be_debited(wanted.account->type))
        return tl::unexpected{problem{
            problem_code::invalid_value, "Banks debit ordinary and current accounts alone.", "/account/type", {}, {}}};
    if (fault) return tl::unexpected{std::move(*fault)};
    if (from.is_staff() && wanted.program != from.by.municipality) return refused(problem_code::forbidden);
    return ledger::command{std::move(wanted)};
}

// Its newest entry stands among those of the person and the program, one behind the other.
problem_or_none get_mandate(call& from, http_response& answer) {
    const auto named = mandate_in_path(from);
    if (!named) return named.error();
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return std::move(*fault);
    const auto newest = from.ledger.find_joining(from.keys.digest_of_mandate(named->program, named->wallet));
    if (!newest) return problem{problem_code::read_failed};
    ledger::journal_position position = newest->value_or(0);
    for (std::size_t seen = 0; position != 0 && seen < mandate_steps_max; ++seen) {
        const auto found = from.ledger.entry_at(position);
        const auto step = found && *found ? ledger::mandate_in(**found) : std::nullopt;
        if (!step) break;
        if (step->position == named->position) {
            json_writer json{answer.body};
            json.begin_object();
            write_mandate(json, **found, from.ids);
            json.end_object();
            return std::nullopt;
        }
        position = std::get<ledger::mandate_changed>((**found).what).previous;
    }
    return problem{problem_code::read_failed};
}

template <ledger::mandate_status To>
asked change_mandate(call& from) {
    const auto mandate = mandate_in_path(from);
    if (!mandate) return tl::unexpected{mandate.error()};
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    constexpr bool is_good = To == ledger::mandate_status::confirmed;
    std::string reason{is_good ? body.text_or("reason", {}, reason_bounds) : body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return ledger::command{
        ledger::change_mandate{mandate->program, mandate->wallet, mandate->position, To, std::move(reason)}};
}

template asked change_mandate<ledger::mandate_status::confirmed>(call&);
template asked change_mandate<ledger::mandate_status::refused>(call&);
template asked change_mandate<ledger::mandate_status::ended>(call&);

} // namespace meguri::net
