#include "tests/model/ledger_model.hpp"

#include <algorithm>

namespace meguri::ledger::model {
namespace {

// The yen from the `from`-th to before the `to`-th of a row of lots: lots lie in it one after the other.
taken_lots cut(const taken_lots& row, yen from, yen to) {
    taken_lots found;
    yen begins = 0;
    for (const auto& [number, amount] : row) {
        const yen first = std::max(from, begins);
        const yen last = std::min(to, begins + amount);
        if (first < last) found.emplace_back(number, last - first);
        begins += amount;
    }
    return found;
}

yen length(const taken_lots& row) {
    yen sum = 0;
    for (const auto& [number, amount] : row) sum += amount;
    return sum;
}

} // namespace

std::int64_t day_in_japan(std::int64_t unix_ms) { return (unix_ms / 1000 + 9 * 60 * 60) / (24 * 60 * 60); }

std::optional<refusal> ledger_model::open_program(code_number code, model_program opened) {
    if (programs.contains(code)) return refusal::program_exists;
    programs[code] = opened;
    return std::nullopt;
}

std::optional<refusal> ledger_model::join_merchant(std::uint64_t id, const std::vector<code_number>& accepted) {
    for (const auto code : accepted)
        if (!programs.contains(code)) return refusal::program_unknown;
    merchants[id].accepted = {accepted.begin(), accepted.end()};
    return std::nullopt;
}

std::optional<refusal> ledger_model::grant(std::uint64_t wallet, code_number program, yen amount,
                                           std::optional<std::int64_t> last_day, const model_source& source,
                                           std::int64_t at) {
    if (!programs.contains(program)) return refusal::program_unknown;
    const auto today = day_in_japan(at);
    const auto expires = last_day ? *last_day : today + programs[program].expiry_days;
    if (expires < today) return refusal::expires_in_the_past;
    if (expires > today + 36'600) return refusal::expires_too_far;
    wallets[wallet].last_time = at;
    add_lot(wallet, {program, expires, at, source, amount, 0});
    issued[{program, source.funder}] += amount;
    return std::nullopt;
}

std::uint32_t ledger_model::add_lot(std::uint64_t wallet, const model_lot& lot) {
    auto& lots = wallets[wallet].lots;
    const auto number = static_cast<std::uint32_t>(lots.size() + 1);
    lots[number] = lot;
    return number;
}

std::uint32_t ledger_model::issue_code(std::uint64_t wallet, bool once, std::int64_t at) {
    auto& codes = wallets[wallet].codes;
    wallets[wallet].last_time = at;
    const auto ordinal = static_cast<std::uint32_t>(codes.size() + 1);
    codes[ordinal] = {once, once ? at + 5 * 60 * 1000 : 0, false};
    return ordinal;
}

std::int64_t ledger_model::decision_time(std::uint64_t wallet, std::int64_t at) const {
    return std::max(wallets.at(wallet).last_time, at);
}

fallen_due ledger_model::pass_time(std::uint64_t wallet, std::int64_t at) {
    fallen_due gone;
    if (clock_is_doubtful) return gone;
    auto& state = wallets[wallet];
    for (std::size_t number = 0; number < payments.size(); ++number)
        if (state.holds.contains(number) && at >= payments[number].capture_before)
            gone.ended.push_back(end_hold(payment_step::hold_expiry, number, 0, payment_status::expired, at));
    for (auto& [number, lot] : state.lots) {
        if (lot.left == 0 || day_in_japan(at) <= lot.last_day) continue;
        gone.expired[number] = lot.left;
        expired[{lot.program, lot.source.funder}] += lot.left;
        lot.left = 0;
        state.last_time = at;
    }
    if (!state.home) return gone;
    yen homeless = 0;
    for (const auto& [number, lot] : state.lots)
        if (time_to_choose_is_over(lot, at)) homeless += lot.left;
    // The oldest ones first: so these, and no others.
    if (homeless > 0) gone.moved = move(wallet, *state.home, homeless, at);
    if (gone.moved) gone.moved->by_default = true;
    return gone;
}

decline_code ledger_model::reason(const model_attempt& asked, code_number program, std::int64_t at) const {
    const auto& merchant = merchants.at(asked.merchant);
    if (asked.barred) return decline_code::reversed_before_arrival;
    if (asked.outlet > merchant.outlets.size()) return decline_code::terminal_inactive;
    const auto& outlet = merchant.outlets[asked.outlet - 1];
    if (outlet.frozen) return decline_code::terminal_inactive;
    if (merchant.frozen) return decline_code::merchant_inactive;
    if (!asked.read) return decline_code::credential_unknown;
    const auto& payer = wallets.at(asked.read->first);
    const auto& code = payer.codes.at(asked.read->second);
    if (code.used) return decline_code::credential_used;
    if (code.once && at >= code.valid_until) return decline_code::credential_expired;
    if (payer.frozen) return decline_code::wallet_frozen;
    if (!programs.contains(program)) return decline_code::program_not_accepted;
    if (!merchant.accepted.contains(program)) return decline_code::program_not_accepted;
    if (programs.at(program).online_only && !outlet.is_shop) return decline_code::program_not_accepted;
    if (programs.at(program).frozen) return decline_code::program_frozen;
    if (limit_reached(asked, program, at)) return decline_code::limit_exceeded;
    if (available(asked.read->first, program, at) < asked.amount) return decline_code::insufficient_points;
    return decline_code::none;
}

std::optional<model_payment> ledger_model::pay(const model_attempt& asked, std::int64_t at) {
    auto& merchant = merchants.at(asked.merchant);
    if (!asked.program && merchant.accepted.size() != 1) return std::nullopt;
    model_payment made;
    made.merchant = asked.merchant;
    made.program = asked.program ? *asked.program : *merchant.accepted.begin();
    made.amount = asked.amount;
    made.decline = reason(asked, made.program, at);
    if (made.decline == decline_code::limit_exceeded) made.limit = limit_reached(asked, made.program, at);
    if (made.decline == decline_code::none) {
        auto& payer = wallets.at(asked.read->first);
        auto& code = payer.codes.at(asked.read->second);
        made.lots = spend(payer, made.program, asked.amount, !asked.capture, at);
        code.used = code.once;
        merchant.captured[made.program] += asked.capture ? asked.amount : 0;
        merchant.pending[made.program] += asked.capture ? 0 : asked.amount;
        merchant.refunded[made.program] += 0;
        const model_counted counted{at, asked.amount, made.program, asked.outlet};
        if (payer.limit.counts() || programs.at(made.program).limit.counts()) payer.counted.push_back(counted);
        if (merchant.limit.counts() || merchant.outlets[asked.outlet - 1].limit.counts())
            merchant.counted.push_back(counted);
        if (asked.capture) {
            made.status = payment_status::captured;
            made.captured = asked.amount;
        } else {
            made.status = payment_status::authorized;
            made.capture_before = at + programs.at(made.program).hold_days * (std::int64_t{24} * 60 * 60 * 1000);
            payer.holds.insert(payments.size());
        }
    }
    if (asked.read) {
        made.wallet = asked.read->first;
        wallets.at(*made.wallet).last_time = at;
        made.balance = available(*made.wallet, made.program, at);
    }
    payments.push_back(made);
    return made;
}

// Looks through all lots for the next one, again and again.
taken_lots ledger_model::spend(model_wallet& payer, code_number program, yen amount, bool hold, std::int64_t at) {
    taken_lots taken;
    while (amount > 0) {
        std::uint32_t next = 0;
        for (const auto& [number, lot] : payer.lots) {
            if (lot.program != program || lot.left == 0 || day_in_japan(at) > lot.last_day) continue;
            if (next == 0) {
                next = number;
                continue;
            }
            const auto& best = payer.lots[next];
            if (lot.last_day < best.last_day || (lot.last_day == best.last_day && lot.issued_at < best.issued_at))
                next = number;
        }
        auto& lot = payer.lots.at(next);
        const yen part = std::min(amount, lot.left);
        lot.left -= part;
        if (hold) lot.held += part;
        amount -= part;
        taken.emplace_back(next, part);
    }
    return taken;
}

// --- the later life of a payment ---

ledger_model::stepped ledger_model::capture(std::size_t payment, std::optional<yen> amount, std::int64_t at) {
    const auto& before = payments.at(payment);
    if (before.status != payment_status::authorized) return tl::unexpected{refusal::invalid_state};
    if (at >= before.capture_before) return tl::unexpected{refusal::invalid_state};
    if (amount && *amount > before.amount) return tl::unexpected{refusal::amount_exceeds_remaining};
    return end_hold(payment_step::capture, payment, amount ? *amount : before.amount, payment_status::captured, at);
}

ledger_model::stepped ledger_model::void_hold(std::size_t payment, std::int64_t at) {
    if (payments.at(payment).status != payment_status::authorized) return tl::unexpected{refusal::invalid_state};
    return end_hold(payment_step::voiding, payment, 0, payment_status::voided, at);
}

ledger_model::stepped ledger_model::refund(std::size_t payment, std::optional<yen> amount, std::int64_t at) {
    const auto& before = payments.at(payment);
    if (before.status != payment_status::captured) return tl::unexpected{refusal::invalid_state};
    const yen left = before.captured - before.refunded;
    if (amount && *amount > left) return tl::unexpected{refusal::amount_exceeds_remaining};
    const bool is_all = !amount || *amount == left;
    return give_back_captured(payment_step::refund, payment, is_all ? left : *amount,
                              is_all ? payment_status::refunded : payment_status::captured, at);
}

ledger_model::stepped ledger_model::reverse(std::size_t payment, std::int64_t at) {
    const auto& before = payments.at(payment);
    if (before.status == payment_status::authorized)
        return end_hold(payment_step::reversal, payment, 0, payment_status::reversed, at);
    if (before.status == payment_status::captured)
        return give_back_captured(payment_step::reversal, payment, before.captured - before.refunded,
                                  payment_status::reversed, at);
    if (before.wallet) wallets.at(*before.wallet).last_time = at;
    return model_step{payment_step::reversal, payment, at, 0, false, {}, {}, {}, before};
}

// The merchant gets the first `keep` yen of the row, the wallet the others.
model_step ledger_model::end_hold(payment_step step, std::size_t number, yen keep, payment_status then,
                                  std::int64_t at) {
    auto& payment = payments.at(number);
    auto& payer = wallets.at(*payment.wallet);
    auto& merchant = merchants.at(payment.merchant);
    const bool is_capture = step == payment_step::capture;
    model_step made{step, number, at, is_capture ? keep : payment.amount, true, cut(payment.lots, 0, keep), {}, {}, {}};
    const auto others = cut(payment.lots, keep, payment.amount);
    for (const auto& [lot, amount] : payment.lots) payer.lots.at(lot).held -= amount;
    payer.holds.erase(number);
    merchant.pending[payment.program] -= payment.amount;
    merchant.captured[payment.program] += keep;
    payment.status = then;
    payment.captured = keep;
    payment.capture_before = 0;
    payment.lots = made.captured;
    give_back(made, others);
    return made;
}

model_step ledger_model::give_back_captured(payment_step step, std::size_t number, yen amount, payment_status then,
                                            std::int64_t at) {
    auto& payment = payments.at(number);
    const auto all = length(payment.lots);
    const auto others = cut(payment.lots, all - amount, all);
    model_step made{step, number, at, amount, false, {}, {}, {}, {}};
    merchants.at(payment.merchant).refunded[payment.program] += amount;
    payment.status = then;
    payment.refunded += amount;
    payment.lots = cut(payment.lots, 0, all - amount);
    give_back(made, others);
    return made;
}

// From the last to the first; what comes back after its last day is gone.
void ledger_model::give_back(model_step& made, const taken_lots& lots) {
    auto& payment = payments.at(made.payment);
    auto& payer = wallets.at(*payment.wallet);
    for (auto one = lots.rbegin(); one != lots.rend(); ++one) {
        auto& lot = payer.lots.at(one->first);
        if (day_in_japan(made.at) > lot.last_day) {
            expired[{lot.program, lot.source.funder}] += one->second;
            made.lapsed.push_back(*one);
        } else {
            lot.left += one->second;
            made.returned.push_back(*one);
        }
    }
    payer.last_time = made.at;
    payment.balance = available(*payment.wallet, payment.program, made.at);
    made.after = payment;
}

// --- sums ---

yen ledger_model::available(std::uint64_t wallet, code_number program, std::int64_t at) const {
    yen sum = 0;
    for (const auto& [number, lot] : wallets.at(wallet).lots)
        if (lot.program == program && day_in_japan(at) <= lot.last_day) sum += lot.left;
    return sum;
}

} // namespace meguri::ledger::model
