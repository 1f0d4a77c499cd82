// The payment's ladder: one check per decline reason, in the order of precedence that the HTTP contract fixes.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

decline_code reason_to_decline(const payment_question& question, const wallet* payer, points spendable, instant now) {
    const outlet* const at = question.merchant.find(question.outlet);
    if (question.reversed_before_arrival) return decline_code::reversed_before_arrival;
    if (at == nullptr || at->frozen) return decline_code::terminal_inactive;
    if (question.merchant.frozen) return decline_code::merchant_inactive;
    if (payer == nullptr || !question.code) return decline_code::credential_unknown;
    const known_code& code = *question.code;
    if (code.kind == code_kind::once && payer->code_is_used(code.ordinal)) return decline_code::credential_used;
    if (code.kind == code_kind::once && now >= code.valid_until) return decline_code::credential_expired;
    if (payer->frozen) return decline_code::wallet_frozen;
    const program* const chosen = question.programs.find(question.program);
    if (chosen == nullptr || !question.merchant.accepts(question.program) ||
        (chosen->online_only && question.outlet_is == outlet_kind::terminal))
        return decline_code::program_not_accepted;
    if (chosen->frozen) return decline_code::program_frozen;
    if (spendable < question.asked.amount) return decline_code::insufficient_points;
    return decline_code::none;
}

// Earliest expiry first (domain rule 7): the wallet keeps its lots in that order.
std::vector<lot_use> lots_to_spend(const wallet& payer, program_code program, points amount, jst_day today) {
    std::vector<lot_use> chosen;
    points missing = amount;
    for (const auto& one : payer.lots) {
        if (missing.is_zero()) break;
        if (one.terms->program != program || one.terms->expires_on < today || one.available.is_zero()) continue;
        const points taken = std::min(missing, one.available);
        chosen.push_back({one.terms, taken});
        missing = *missing.minus(taken);
    }
    ENSURES(missing.is_zero());
    return chosen;
}

} // namespace

tl::expected<program_code, refusal> program_of(const authorize& asked, const merchant_terms& merchant) {
    if (asked.program) return *asked.program;
    if (merchant.programs.size() != 1) return tl::unexpected{refusal::program_required};
    return merchant.programs.front();
}

payment_decided decide(const payment_question& question, const wallet* payer, instant now) {
    EXPECTS(!question.asked.amount.is_zero());
    const jst_day today = jst_day::of(now);
    const points spendable = payer != nullptr ? payer->available(question.program, today) : points{};

    payment_decided decided;
    decided.merchant = question.merchant.id;
    decided.outlet_is = question.outlet_is;
    decided.outlet = question.outlet;
    decided.program = question.program;
    decided.amount = question.asked.amount;
    decided.reference = question.asked.reference;
    if (payer != nullptr) {
        decided.wallet = payer->id;
        decided.code_ordinal = question.code ? question.code->ordinal : 0;
        decided.balance = spendable;
    }
    decided.decline = reason_to_decline(question, payer, spendable, now);
    if (decided.decline != decline_code::none) return decided;

    decided.status = payment_status::captured;
    decided.lots = lots_to_spend(*payer, question.program, question.asked.amount, today);
    decided.balance = *spendable.minus(question.asked.amount);
    decided.code_used_up = question.code->kind == code_kind::once;
    return decided;
}

} // namespace meguri::ledger
