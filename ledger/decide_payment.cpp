// The payment's ladder: one check per decline reason, in the order of precedence that the HTTP contract fixes.
#include "ledger/contract.hpp"
#include "ledger/decide.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

// Whether the card's certificate is good today and its signature is of now.
bool is_in_time(const card_facts& card, instant signed_at, instant now) {
    return now >= card.begins && now <= card.ends && signed_at.plus_ms(card_signature_valid_ms) >= now &&
           now.plus_ms(card_signature_valid_ms) >= signed_at;
}

// Of the credential alone, whose owner is known.
decline_code reason_against(const payment_question& question, const wallet& payer, instant now) {
    const known_code& code = *question.code;
    const bool is_card = code.kind == code_kind::my_number_card;
    EXPECTS(is_card == question.card.has_value() && is_card == question.asked.card.has_value());
    const bool is_once = code.kind == code_kind::once;
    const bool is_used = payer.code_is_used(code.ordinal); // a card: retired; a printed code: blocked
    if (is_card && !question.card->is_genuine) return decline_code::credential_invalid;
    if (is_card && (question.card->is_revoked || is_used)) return decline_code::credential_revoked;
    if (code.kind == code_kind::card && is_used) return decline_code::credential_blocked;
    if (is_once && is_used) return decline_code::credential_used;
    if (is_once && now >= code.valid_until) return decline_code::credential_expired;
    if (is_card && !is_in_time(*question.card, question.asked.card->signed_at, now))
        return decline_code::credential_expired;
    return decline_code::none;
}

decline_code reason_to_decline(const payment_question& question, const wallet* payer, points spendable,
                               const std::optional<reached_limit>& limit, instant now) {
    const outlet* const at = question.merchant.find(question.outlet);
    if (question.reversed_before_arrival) return decline_code::reversed_before_arrival;
    if (at == nullptr || at->frozen) return decline_code::terminal_inactive;
    if (question.merchant.frozen) return decline_code::merchant_inactive;
    if (payer == nullptr || !question.code) return decline_code::credential_unknown;
    if (const auto why = reason_against(question, *payer, now); why != decline_code::none) return why;
    if (payer->frozen) return decline_code::wallet_frozen;
    const program* const chosen = question.programs.find(question.program);
    if (chosen == nullptr || !question.merchant.accepts(question.program) ||
        (chosen->online_only && question.outlet_is == outlet_kind::terminal))
        return decline_code::program_not_accepted;
    if (chosen->frozen) return decline_code::program_frozen;
    if (limit) return decline_code::limit_exceeded;
    if (spendable < question.asked.amount) return decline_code::insufficient_points;
    return decline_code::none;
}

// Of the program, the merchant and the outlet, then the wallet.
std::optional<reached_limit> limit_reached(const payment_question& question, const wallet& payer, instant now) {
    const points amount = question.asked.amount;
    const program* const chosen = question.programs.find(question.program);
    if (chosen != nullptr && chosen->limit.any()) {
        const auto* const used = payer.used_in(question.program);
        const auto kind = reached(chosen->limit, amount, used != nullptr ? used->in_day(now) : usage{},
                                  used != nullptr ? used->in_hour(now) : usage{});
        if (kind) return reached_limit{limit_subject::program, *kind};
    }
    if (question.limit_at_merchant) return question.limit_at_merchant;
    if (!question.asked.capture && payer.holds.size() >= holds_max)
        return reached_limit{limit_subject::wallet, limit_kind::open_holds};
    if (!payer.limit.any()) return std::nullopt;
    usage in_day;
    usage in_hour;
    for (const auto& one : payer.used) {
        in_day += one.used.in_day(now);
        in_hour += one.used.in_hour(now);
    }
    const auto kind = reached(payer.limit, amount, in_day, in_hour);
    return kind ? std::optional{reached_limit{limit_subject::wallet, *kind}} : std::nullopt;
}

instant end_of_hold_at(const payment_question& question, instant now) {
    const program* const chosen = question.programs.find(question.program);
    EXPECTS(chosen != nullptr);
    return now.plus_ms(std::int64_t{chosen->hold_days} * 86'400'000);
}

// Earliest expiry first (domain rule 7) of those that are good here: the wallet keeps its lots in that order.
std::vector<lot_use> lots_to_spend(const wallet& payer, const payment_question& question, jst_day today) {
    std::vector<lot_use> chosen;
    points missing = question.asked.amount;
    for (const auto& one : payer.lots) {
        if (missing.is_zero()) break;
        const lot_terms& terms = *one.terms;
        if (terms.program != question.program || terms.expires_on < today || one.available.is_zero()) continue;
        if (!terms.is_good_at(question.merchant.categories)) continue;
        const points taken = std::min(missing, one.available);
        chosen.push_back({one.terms, taken});
        missing = *missing.minus(taken);
    }
    ENSURES(missing.is_zero());
    return chosen;
}

} // namespace

std::optional<reached_limit> reached_at_merchant(const merchant& state, outlet_id outlet, points amount,
                                                 const reserved_usage& reserved, instant now) {
    const auto check = [&](const limits& set, const usage_windows* used, const usage& under_way) {
        usage in_day = under_way;
        usage in_hour = under_way;
        if (used != nullptr) {
            in_day += used->in_day(now);
            in_hour += used->in_hour(now);
        }
        return reached(set, amount, in_day, in_hour);
    };
    const auto* const at = state.terms->find(outlet);
    if (const auto kind = check(state.terms->limit, &state.used, reserved.merchant))
        return reached_limit{limit_subject::merchant, *kind};
    if (at == nullptr || !at->limit.any()) return std::nullopt;
    const auto kind = check(at->limit, state.used_by(outlet), reserved.outlet);
    if (!kind) return std::nullopt;
    return reached_limit{at->kind == outlet_kind::shop ? limit_subject::shop : limit_subject::terminal, *kind};
}

tl::expected<program_code, refusal> program_of(const authorize& asked, const merchant_terms& merchant) {
    if (asked.program) return *asked.program;
    if (merchant.programs.size() != 1) return tl::unexpected{refusal::program_required};
    return merchant.programs.front();
}

payment_decided decide(const payment_question& question, const wallet* payer, instant now) {
    EXPECTS(!question.asked.amount.is_zero());
    const jst_day today = jst_day::of(now);
    const points spendable =
        payer != nullptr ? payer->available(question.program, today, question.merchant.categories) : points{};

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
    const auto limit = payer != nullptr ? limit_reached(question, *payer, now) : std::nullopt;
    decided.decline = reason_to_decline(question, payer, spendable, limit, now);
    if (decided.decline == decline_code::limit_exceeded) decided.limit = limit;
    // Whoever knows a certificate's number, which is no secret, learns nothing of the wallet.
    if (decided.decline == decline_code::credential_invalid) decided.balance.reset();
    if (decided.decline != decline_code::none) return decided;

    decided.status = question.asked.capture ? payment_status::captured : payment_status::authorized;
    if (!question.asked.capture) decided.capture_before = end_of_hold_at(question, now);
    decided.lots = lots_to_spend(*payer, question, today);
    decided.balance = *spendable.minus(question.asked.amount);
    decided.code_used_up = question.code->kind == code_kind::once;
    const outlet* const at = question.merchant.find(question.outlet);
    decided.counted_by_wallet = payer->limit.counts() || question.programs.find(question.program)->limit.counts();
    decided.counted_by_merchant = question.merchant.limit.counts() || at->limit.counts();
    return decided;
}

} // namespace meguri::ledger
