#include "net/render_wallet.hpp"

#include "ledger/contract.hpp"
#include "ledger/undecided.hpp"
#include "net/category_fields.hpp"
#include "net/entry_type.hpp"
#include "net/program_name.hpp"
#include "net/render_my_key.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace meguri::net {
namespace {

using storage::id_kind;

void plain_program(json_writer& json, ledger::program_code code, const id_texts& ids) {
    json.plain("program", program_name(code, ids.keys()));
}

ledger::points sum(ledger::points a, ledger::points b) {
    const auto total = a.plus(b);
    ENSURES(total.has_value()); // the ledger refuses a grant beyond it
    return *total;
}

void render_program(json_writer& json, std::span<const ledger::lot> lots, const id_texts& ids) {
    ledger::points available;
    ledger::points held;
    for (const auto& one : lots) {
        available = sum(available, one.available);
        held = sum(held, one.held);
    }
    json.begin_object();
    plain_program(json, lots.front().terms->program, ids);
    json.number("available", available.value()).number("held", held.value());
    json.begin_array("lots");
    for (const auto& one : lots) {
        json.begin_object();
        json.number("amount", one.available.value()).number("held", one.held.value());
        json.plain("expires_on", ledger::to_date(one.terms->expires_on));
        json.text("source", one.terms->source.text());
        write_earmark(json, one.terms->earmark);
        json.end_object();
    }
    json.end_array().end_object();
}

// What waits for a program, lot by lot; where nobody chooses one in time, it goes to the home municipality.
void render_undecided(json_writer& json, const ledger::wallet& seen, const id_texts& ids) {
    json.begin_array("undecided");
    for (const auto& one : seen.lots) {
        if (!ledger::is_undecided(one.terms->program)) continue;
        const auto partner = ledger::partner_of(one.terms->program);
        json.begin_object();
        json.plain("partner", ids.encode(id_kind::partner, partner.value()).view());
        json.number("amount", one.available.value());
        json.plain("undecided_until", ledger::to_rfc3339(ledger::decided_by_default_at(one.terms->issued_at)));
        json.end_object();
    }
    json.end_array();
}

// Whose payment a line tells of, as it stood after it.
struct statement_payment {
    ledger::journal_position position = 0;
    ledger::payment_status status = ledger::payment_status::declined;
    ledger::decline_code decline = ledger::decline_code::none;
    ledger::merchant_id merchant;
};

struct statement_correction {
    ledger::journal_position proposal = 0;
    ledger::correction_kind kind = ledger::correction_kind::credit;
};

// What an entry says in a statement: filled in by its fact, written in one order for all.
struct statement_line {
    ledger::program_code program = {}; // none: of no program, or of several
    std::optional<ledger::points> amount = {};
    std::optional<statement_payment> payment = {};
    const std::string* reason = nullptr;
    std::vector<ledger::lot_use> lots = {};
    const ledger::payment_changed* step = nullptr;
    std::optional<statement_correction> correction = {};
    std::optional<bool> by_default = {}; // of a transfer
    const ledger::my_key_changed* my_key = nullptr;
    bool is_for_staff = true;
};

struct line_of {
    const ledger::entry& one;

    statement_line operator()(const ledger::wallet_opened&) const { return {}; }
    statement_line operator()(const ledger::code_issued&) const { return {}; }
    statement_line operator()(const ledger::once_code_issued&) const { return {}; }
    statement_line operator()(const ledger::code_blocked& fact) const { return {.reason = &fact.reason}; }
    statement_line operator()(const ledger::card_bound&) const { return {}; }
    statement_line operator()(const ledger::card_retired& fact) const { return {.reason = &fact.reason}; }
    statement_line operator()(const ledger::freeze_changed& fact) const { return {.reason = &fact.reason}; }
    statement_line operator()(const ledger::limits_set& fact) const { return {.reason = &fact.reason}; }
    statement_line operator()(const ledger::points_granted& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::campaign_granted& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::points_converted& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::recipient_granted& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::points_clawed_back& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::benefit_granted& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::purchase_changed& fact) const {
        return {.program = fact.after->program,
                .amount = fact.after->amount,
                .reason = fact.reason.empty() ? nullptr : &fact.reason};
    }
    statement_line operator()(const ledger::purchase_refunded& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::mandate_changed& fact) const {
        return {.program = fact.after->program, .reason = fact.reason.empty() ? nullptr : &fact.reason};
    }
    statement_line operator()(const ledger::purchase_captured& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::purchase_charged_back& fact) const {
        if (!fact.lot) return {.program = fact.after->program, .amount = ledger::points{}};
        return {.program = fact.after->program, .amount = fact.lot->amount, .lots = {*fact.lot}};
    }
    statement_line operator()(const ledger::purchase_debited& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::purchase_paid& fact) const {
        return {.program = fact.lot.lot->program, .amount = fact.lot.amount, .lots = {fact.lot}};
    }
    statement_line operator()(const ledger::points_expired& fact) const { return {.lots = fact.lots}; }
    statement_line operator()(const ledger::home_chosen& fact) const {
        return {.program = fact.municipality, .is_for_staff = false};
    }
    statement_line operator()(const ledger::points_transferred& fact) const {
        ledger::points moved;
        for (const auto& use : fact.to) moved = sum(moved, use.amount);
        return {
            .program = fact.to.front().lot->program, .amount = moved, .lots = fact.to, .by_default = fact.by_default};
    }
    statement_line operator()(const ledger::my_key_changed& fact) const {
        return {.reason = fact.reason.empty() ? nullptr : &fact.reason, .my_key = &fact};
    }
    statement_line operator()(const ledger::person_enrolled&) const { return {}; }
    statement_line operator()(const ledger::card_renewed&) const { return {}; }
    statement_line operator()(const ledger::support_session_opened&) const { return {}; }
    statement_line operator()(const ledger::password_set&) const { return {.is_for_staff = false}; }
    statement_line operator()(const ledger::correction_proposed& fact) const {
        return {.program = fact.what->program,
                .amount = fact.what->amount,
                .reason = &fact.what->reason,
                .correction = statement_correction{one.position, fact.what->kind}};
    }
    statement_line operator()(const ledger::correction_decided& fact) const {
        return {.program = fact.what->program,
                .amount = fact.what->amount,
                .reason = fact.reason.empty() ? &fact.what->reason : &fact.reason,
                .lots = fact.lots,
                .correction = statement_correction{fact.proposal, fact.what->kind}};
    }
    statement_line operator()(const ledger::payment_decided& fact) const {
        return {.program = fact.program,
                .amount = fact.amount,
                .payment = statement_payment{one.position, fact.status, fact.decline, fact.merchant},
                .lots = fact.lots};
    }
    statement_line operator()(const ledger::payment_changed& fact) const {
        const ledger::payment_state& after = *fact.after;
        return {.program = after.program,
                .amount = fact.part,
                .payment = statement_payment{after.position, after.status, after.decline, after.merchant},
                .lots = fact.captured,
                .step = &fact};
    }
    template <class Other>
    statement_line operator()(const Other&) const {
        EXPECTS(!"an entry that is not a wallet's");
        return {};
    }
};

// Cuts the line down to one program; false where nothing is left.
bool keep_only(statement_line& line, ledger::program_code only) {
    if (!line.is_for_staff) return false;
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

void write_lots(json_writer& json, std::string_view name, const std::vector<ledger::lot_use>& lots,
                const id_texts& ids) {
    json.begin_array(name);
    for (const auto& use : lots) {
        json.begin_object();
        plain_program(json, use.lot->program, ids);
        json.number("amount", use.amount.value());
        if (ledger::is_undecided(use.lot->program))
            json.null("expires_on");
        else
            json.plain("expires_on", ledger::to_date(use.lot->expires_on));
        json.text("source", use.lot->source.text());
        write_earmark(json, use.lot->earmark);
        json.end_object();
    }
    json.end_array();
}

void write(json_writer& json, const ledger::entry& one, const statement_line& line, id_texts& ids) {
    const auto& paid = line.payment;
    const bool declined = paid && paid->status == ledger::payment_status::declined;
    json.begin_object();
    json.plain("id", ids.encode(id_kind::entry, one.position).view());
    json.plain("type", type_of(one.what));
    line.program ? plain_program(json, line.program, ids) : static_cast<void>(json.null("program"));
    line.amount ? json.number("amount", line.amount->value()) : json.null("amount");
    if (paid)
        json.plain("authorization", ids.encode(id_kind::authorization, paid->position).view());
    else
        json.null("authorization");
    paid ? json.plain("status", name_of(paid->status)) : json.null("status");
    declined ? json.plain("decline_code", name_of(paid->decline)) : json.null("decline_code");
    paid ? json.plain("merchant", ids.merchant(paid->merchant)) : json.null("merchant");
    line.reason != nullptr ? json.text("reason", *line.reason) : json.null("reason");
    write_lots(json, "lots", line.lots, ids);
    if (line.step != nullptr) {
        write_lots(json, "returned", line.step->returned, ids);
        write_lots(json, "expired", line.step->lapsed, ids);
    }
    if (line.by_default) json.boolean("by_default", *line.by_default);
    if (line.correction) {
        json.plain("correction", ids.encode(id_kind::correction, line.correction->proposal).view());
        json.plain("kind", name_of(line.correction->kind));
    }
    if (line.my_key != nullptr) write_my_key(json, *line.my_key);
    json.plain("created_at", ledger::to_rfc3339(one.decided_at));
    json.end_object();
}

} // namespace

void render_balances(std::string& body, const ledger::wallet& seen, ledger::program_code only, id_texts& ids) {
    json_writer json{body};
    json.begin_object().begin_array("data");
    const std::span lots{seen.lots};
    for (std::size_t begin = 0, end = 0; begin < lots.size(); begin = end) {
        const auto program = lots[begin].terms->program;
        while (end < lots.size() && lots[end].terms->program == program) ++end; // lots lie by program
        const bool is_shown = !ledger::is_undecided(program) && (!only || program == only);
        if (is_shown) render_program(json, lots.subspan(begin, end - begin), ids);
    }
    json.end_array();
    if (!only) {
        render_undecided(json, seen, ids);
        seen.home ? json.plain("home_municipality", seen.home.text()) : json.null("home_municipality");
    }
    json.end_object();
}

// One notice for each program and day. What a payment holds does not expire.
void render_expiry_notices(std::string& body, const ledger::wallet& seen, ledger::program_code only,
                           ledger::jst_day today, id_texts& ids) {
    std::map<std::pair<ledger::jst_day, ledger::program_code>, ledger::points> notices;
    for (const auto& one : seen.lots) {
        const ledger::jst_day last = one.terms->expires_on;
        const bool is_concerned = !only || one.terms->program == only;
        if (!is_concerned || one.available.is_zero() || last < today || last > today.plus_days(notice_days)) continue;
        ledger::points& amount = notices[{last, one.terms->program}];
        amount = sum(amount, one.available);
    }
    json_writer json{body};
    json.begin_object().begin_array("data");
    for (const auto& [when, amount] : notices) {
        json.begin_object();
        plain_program(json, when.second, ids);
        json.number("amount", amount.value());
        json.plain("expires_on", ledger::to_date(when.first));
        json.number("days_left", when.first.days() - today.days());
        json.end_object();
    }
    json.end_array().end_object();
}

bool render_wallet_entry(json_writer& json, const ledger::entry& one, ledger::program_code only, id_texts& ids) {
    statement_line line = std::visit(line_of{one}, one.what);
    if (only && !keep_only(line, only)) return false;
    if (std::holds_alternative<ledger::points_expired>(one.what)) sum_up_expiry(line);
    write(json, one, line, ids);
    return true;
}

} // namespace meguri::net
