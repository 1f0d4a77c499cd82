#include "net/render_wallet.hpp"

#include "ledger/contract.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace meguri::net {
namespace {

using storage::id_kind;

void plain_program(json_writer& json, ledger::program_code code) {
    const auto digits = code.digits();
    json.plain("program", {digits.data(), digits.size()});
}

ledger::points sum(ledger::points a, ledger::points b) {
    const auto total = a.plus(b);
    ENSURES(total.has_value()); // the ledger refuses a grant beyond it
    return *total;
}

void render_program(json_writer& json, std::span<const ledger::lot> lots) {
    ledger::points available;
    ledger::points held;
    for (const auto& one : lots) {
        available = sum(available, one.available);
        held = sum(held, one.held);
    }
    json.begin_object();
    plain_program(json, lots.front().terms->program);
    json.number("available", available.value()).number("held", held.value());
    json.begin_array("lots");
    for (const auto& one : lots) {
        json.begin_object();
        json.number("amount", one.available.value()).number("held", one.held.value());
        json.plain("expires_on", ledger::to_date(one.terms->expires_on));
        json.text("source", one.terms->source.text());
        json.end_object();
    }
    json.end_array().end_object();
}

// What an entry says in a statement: filled in by its fact, written in one order for all.
struct statement_line {
    std::string_view type = {};
    ledger::program_code program = {}; // none: of no program, or of several
    std::optional<ledger::points> amount = {};
    const ledger::payment_decided* payment = nullptr;
    const ledger::freeze_changed* freeze = nullptr;
    std::vector<ledger::lot_use> lots = {};
};

struct line_of {
    statement_line operator()(const ledger::wallet_opened&) const { return {.type = "opening"}; }
    statement_line operator()(const ledger::code_issued&) const { return {.type = "code"}; }
    statement_line operator()(const ledger::freeze_changed& fact) const {
        return {.type = fact.frozen ? "freeze" : "unfreeze", .freeze = &fact};
    }
    statement_line operator()(const ledger::points_granted& fact) const {
        return {.type = "grant", .program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::points_expired& fact) const {
        return {.type = "expiry", .lots = fact.lots};
    }
    statement_line operator()(const ledger::payment_decided& fact) const {
        return {.type = "payment", .program = fact.program, .amount = fact.amount, .payment = &fact, .lots = fact.lots};
    }
    template <class Other>
    statement_line operator()(const Other&) const {
        EXPECTS(!"an entry that is not a wallet's");
        return {};
    }
};

// Cuts the line down to one program; false where nothing is left.
bool keep_only(statement_line& line, ledger::program_code only) {
    std::erase_if(line.lots, [&](const ledger::lot_use& use) { return use.lot->program != only; });
    return line.program ? line.program == only : !line.lots.empty();
}

// What expired is told lot by lot: the line's own program and amount follow from them.
void sum_up_expiry(statement_line& line) {
    ledger::points total;
    for (const auto& use : line.lots) total = sum(total, use.amount);
    line.amount = total;
    const auto first = line.lots.front().lot->program;
    const auto is_first = [&](const ledger::lot_use& use) { return use.lot->program == first; };
    if (std::all_of(line.lots.begin(), line.lots.end(), is_first)) line.program = first;
}

void write(json_writer& json, const ledger::entry& one, const statement_line& line, id_texts& ids) {
    const auto* const paid = line.payment;
    const bool declined = paid != nullptr && paid->status == ledger::payment_status::declined;
    json.begin_object();
    json.plain("id", ids.encode(id_kind::entry, one.position).view());
    json.plain("type", line.type);
    line.program ? plain_program(json, line.program) : static_cast<void>(json.null("program"));
    line.amount ? json.number("amount", line.amount->value()) : json.null("amount");
    if (paid != nullptr)
        json.plain("authorization", ids.encode(id_kind::authorization, one.position).view());
    else
        json.null("authorization");
    paid != nullptr ? json.plain("status", name_of(paid->status)) : json.null("status");
    declined ? json.plain("decline_code", name_of(paid->decline)) : json.null("decline_code");
    paid != nullptr ? json.plain("merchant", ids.merchant(paid->merchant)) : json.null("merchant");
    line.freeze != nullptr ? json.text("reason", line.freeze->reason) : json.null("reason");
    json.begin_array("lots");
    for (const auto& use : line.lots) {
        json.begin_object();
        plain_program(json, use.lot->program);
        json.number("amount", use.amount.value());
        json.plain("expires_on", ledger::to_date(use.lot->expires_on));
        json.text("source", use.lot->source.text());
        json.end_object();
    }
    json.end_array();
    json.plain("created_at", ledger::to_rfc3339(one.decided_at));
    json.end_object();
}

} // namespace

void render_balances(std::string& body, const ledger::wallet& seen, ledger::program_code only) {
    json_writer json{body};
    json.begin_object().begin_array("data");
    const std::span lots{seen.lots};
    for (std::size_t begin = 0, end = 0; begin < lots.size(); begin = end) {
        const auto program = lots[begin].terms->program;
        while (end < lots.size() && lots[end].terms->program == program) ++end; // lots lie by program
        if (!only || program == only) render_program(json, lots.subspan(begin, end - begin));
    }
    json.end_array().end_object();
}

bool render_wallet_entry(json_writer& json, const ledger::entry& one, ledger::program_code only, id_texts& ids) {
    statement_line line = std::visit(line_of{}, one.what);
    if (only && !keep_only(line, only)) return false;
    if (line.type == "expiry") sum_up_expiry(line);
    write(json, one, line, ids);
    return true;
}

} // namespace meguri::net
