#include "tests/model/ledger_model.hpp"

#include <algorithm>

namespace meguri::ledger::model {

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
                                           std::optional<std::int64_t> last_day, const std::string& source,
                                           std::int64_t at) {
    if (!programs.contains(program)) return refusal::program_unknown;
    const auto today = day_in_japan(at);
    const auto expires = last_day ? *last_day : today + programs[program].expiry_days;
    if (expires < today) return refusal::expires_in_the_past;
    if (expires > today + 36'600) return refusal::expires_too_far;
    auto& lots = wallets[wallet].lots;
    wallets[wallet].last_time = at;
    lots[static_cast<std::uint32_t>(lots.size() + 1)] = {program, expires, at, source, amount};
    issued_[program] += amount;
    return std::nullopt;
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

std::map<std::uint32_t, yen> ledger_model::pass_time(std::uint64_t wallet, std::int64_t at) {
    auto& state = wallets[wallet];
    std::map<std::uint32_t, yen> gone;
    for (auto& [number, lot] : state.lots) {
        if (lot.left == 0 || day_in_japan(at) <= lot.last_day) continue;
        gone[number] = lot.left;
        expired_[lot.program] += lot.left;
        lot.left = 0;
        state.last_time = at;
    }
    return gone;
}

decline_code ledger_model::reason(const model_payment& asked, code_number program, std::int64_t at) const {
    const auto& merchant = merchants.at(asked.merchant);
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
    if (available(asked.read->first, program) < asked.amount) return decline_code::insufficient_points;
    return decline_code::none;
}

std::optional<model_outcome> ledger_model::pay(const model_payment& asked, std::int64_t at) {
    auto& merchant = merchants.at(asked.merchant);
    if (!asked.program && merchant.accepted.size() != 1) return std::nullopt;
    const auto program = asked.program ? *asked.program : *merchant.accepted.begin();
    model_outcome outcome;
    outcome.decline = reason(asked, program, at);
    if (outcome.decline == decline_code::none) {
        auto& payer = wallets.at(asked.read->first);
        auto& code = payer.codes.at(asked.read->second);
        outcome.lots = spend(payer, program, asked.amount);
        code.used = code.once;
        merchant.captured[program] += asked.amount;
    }
    if (asked.read) {
        wallets.at(asked.read->first).last_time = at;
        outcome.balance = available(asked.read->first, program);
    }
    return outcome;
}

// Looks through all lots for the next one, again and again.
taken_lots ledger_model::spend(model_wallet& payer, code_number program, yen amount) {
    taken_lots taken;
    while (amount > 0) {
        std::uint32_t next = 0;
        for (const auto& [number, lot] : payer.lots) {
            if (lot.program != program || lot.left == 0) continue;
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
        amount -= part;
        taken.emplace_back(next, part);
    }
    return taken;
}

yen ledger_model::available(std::uint64_t wallet, code_number program) const {
    yen sum = 0;
    for (const auto& [number, lot] : wallets.at(wallet).lots)
        if (lot.program == program) sum += lot.left;
    return sum;
}

yen ledger_model::available(code_number program) const {
    yen sum = 0;
    for (const auto& [id, wallet] : wallets) sum += available(id, program);
    return sum;
}

yen ledger_model::captured(code_number program) const {
    yen sum = 0;
    for (const auto& [id, merchant] : merchants)
        if (merchant.captured.contains(program)) sum += merchant.captured.at(program);
    return sum;
}

yen ledger_model::issued(code_number program) const { return issued_.contains(program) ? issued_.at(program) : 0; }
yen ledger_model::expired(code_number program) const { return expired_.contains(program) ? expired_.at(program) : 0; }

} // namespace meguri::ledger::model
