#include "bench/suite/act_reading.hpp"

#include "bench/answer_text.hpp"

#include <variant>

namespace meguri::bench {

std::optional<ledger_act> act_reading::act_of(const ledger::entry& one) const {
    if (one.caller.kind != ledger::caller_kind::terminal) return std::nullopt;
    ledger_act act;
    act.number = source_.number_of(one.idempotency_key);
    if (const auto* const paid = std::get_if<ledger::payment_decided>(&one.what))
        read(act, one.position, *paid);
    else if (const auto* const step = std::get_if<ledger::payment_changed>(&one.what))
        read(act, one.position, *step);
    else if (const auto* const barred = std::get_if<ledger::key_barred>(&one.what))
        read(act, one.position, *barred);
    else
        act.number = 0; // nothing else is a till's to do
    return act;
}

void act_reading::read(ledger_act& act, ledger::journal_position at, const ledger::payment_decided& paid) const {
    act.fact = paid.status == ledger::payment_status::captured   ? ledger_fact::captured
             : paid.status == ledger::payment_status::authorized ? ledger_fact::authorized
                                                                 : ledger_fact::declined;
    act.decline_code = name_of(paid.decline);
    act.amount = paid.amount.value();
    act.id_digest = id(storage::id_kind::authorization, at);
}

void act_reading::read(ledger_act& act, ledger::journal_position at, const ledger::payment_changed& step) const {
    act.amount = step.part.value();
    act.payment_id_digest = id(storage::id_kind::authorization, step.after->position);
    act.id_digest = act.payment_id_digest;
    switch (step.step) {
    case ledger::payment_step::capture: act.fact = ledger_fact::capture; break;
    case ledger::payment_step::voiding: act.fact = ledger_fact::voiding; break;
    case ledger::payment_step::refund:
        act.fact = ledger_fact::refund;
        act.id_digest = id(storage::id_kind::refund, at);
        break;
    case ledger::payment_step::reversal:
        act.fact = ledger_fact::reversal;
        act.id_digest = id(storage::id_kind::reversal, at);
        act.named = source_.number_of(step.reversed_key);
        break;
    case ledger::payment_step::hold_expiry: act.number = 0; break; // no till asked for it
    }
}

void act_reading::read(ledger_act& act, ledger::journal_position at, const ledger::key_barred& barred) const {
    act.fact = ledger_fact::barred;
    act.id_digest = id(storage::id_kind::reversal, at);
    act.named = source_.number_of(barred.key);
}

std::uint64_t act_reading::id(storage::id_kind kind, ledger::journal_position at) const {
    return digest_of(keys_.encode_id(kind, at).view());
}

} // namespace meguri::bench
