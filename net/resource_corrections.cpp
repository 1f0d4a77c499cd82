#include "net/resource_corrections.hpp"

#include "net/json_fields.hpp"
#include "net/render_correction.hpp"

#include <array>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 2> correction_kinds{"credit", "debit"};

// The proposal that the path names, if it is the caller's to decide.
tl::expected<const ledger::correction_proposed*, problem> proposal_of(const call& from, ledger::journal_position at,
                                                                      std::optional<ledger::entry>& into) {
    auto found = from.ledger.entry_at(at);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    into = std::move(*found);
    const auto* const proposed = into ? std::get_if<ledger::correction_proposed>(&into->what) : nullptr;
    const bool is_foreign = proposed != nullptr && from.is_staff() && proposed->what->program != from.by.municipality;
    if (proposed == nullptr || is_foreign) return tl::unexpected{problem{problem_code::not_found}};
    return proposed;
}

asked decide_correction(call& from, bool approve) {
    const auto position = from.id(storage::id_kind::correction);
    if (!position) return refused(problem_code::not_found);
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    // A rejection without a reason helps nobody.
    std::string reason{approve ? body.text_or("reason", {}, reason_bounds) : body.text("reason", reason_bounds)};
    body.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    std::optional<ledger::entry> entry;
    const auto proposed = proposal_of(from, *position, entry);
    if (!proposed) return tl::unexpected{proposed.error()};
    return ledger::command{ledger::decide_correction{(*proposed)->wallet, *position, approve, std::move(reason)}};
}

} // namespace

asked propose_correction(call& from) {
    request_fault fault;
    json_fields body{from.json, from.request.body, fault};
    const std::string_view wallet_text = body.text("wallet", id_bounds);
    const auto program = body.program("program");
    const auto kind =
        body.one_of("kind", correction_kinds) == 0 ? ledger::correction_kind::credit : ledger::correction_kind::debit;
    const auto amount = body.amount("amount");
    const auto source = body.funding_source("source");
    const auto expires_on = body.optional_date("expires_on");
    std::string reason{body.text("reason", reason_bounds)};
    body.finish();
    if (expires_on && kind == ledger::correction_kind::debit)
        body.refuse("expires_on", problem_code::invalid_value, "Only a credit has a last day.");
    // The day that stands for none in the command is a real one, and long past.
    if (expires_on == ledger::jst_day{}) body.refuse("expires_on", problem_code::expires_in_the_past, {});
    if (!fault && from.is_staff() && program != from.by.municipality) return refused(problem_code::forbidden);
    const auto wallet = from.keys.decode_id(storage::id_kind::wallet, wallet_text);
    if (!wallet) body.refuse("wallet", problem_code::wallet_unknown, {});
    if (fault) return tl::unexpected{std::move(*fault)};
    auto what = std::make_shared<const ledger::correction>(
        ledger::correction{kind, program, amount, *source, expires_on.value_or(ledger::jst_day{}), std::move(reason)});
    return ledger::command{ledger::propose_correction{ledger::wallet_id{*wallet}, std::move(what)}};
}

asked approve_correction(call& from) { return decide_correction(from, true); }

asked reject_correction(call& from) { return decide_correction(from, false); }

problem_or_none render_corrections_read(rendering& to) {
    const auto only = to.done.by.municipality;
    const bool read = render_open_corrections(to.body, *to.done.wallet_seen, only, to.ledger, to.ids);
    return read ? std::nullopt : problem_or_none{problem{problem_code::read_failed}};
}

} // namespace meguri::net
