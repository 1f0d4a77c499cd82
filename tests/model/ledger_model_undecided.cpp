// Undecided points and corrections in the model.
#include "tests/model/ledger_model.hpp"

#include <algorithm>

namespace meguri::ledger::model {

bool is_undecided(code_number program) { return program > 999'999; }

bool time_to_choose_is_over(const model_lot& lot, std::int64_t at) {
    return is_undecided(lot.program) && day_in_japan(at) - day_in_japan(lot.issued_at) > 14;
}

// --- undecided points ---

void ledger_model::convert(std::uint64_t wallet, code_number partners, yen amount, const model_source& source,
                           std::int64_t at) {
    constexpr std::int64_t end_of_9999 = 2'932'896;
    wallets[wallet].last_time = at;
    add_lot(wallet, {partners, end_of_9999, at, source, amount, 0});
    issued[{partners, source.funder}] += amount;
}

std::optional<refusal> ledger_model::choose_home(std::uint64_t wallet, code_number municipality, std::int64_t at) {
    if (!programs.contains(municipality)) return refusal::program_unknown;
    wallets[wallet].home = municipality;
    wallets[wallet].last_time = at;
    return std::nullopt;
}

tl::expected<model_transfer, refusal> ledger_model::transfer(std::uint64_t wallet, code_number program,
                                                             std::optional<yen> amount, std::int64_t at) {
    if (!programs.contains(program)) return tl::unexpected{refusal::program_unknown};
    yen all = 0;
    for (const auto& [number, lot] : wallets[wallet].lots)
        if (is_undecided(lot.program)) all += lot.left;
    if (all == 0) return tl::unexpected{refusal::nothing_undecided};
    if (amount && *amount > all) return tl::unexpected{refusal::amount_exceeds_remaining};
    return move(wallet, program, amount ? *amount : all, at);
}

// Looks for the oldest lot, again and again.
model_transfer ledger_model::move(std::uint64_t wallet, code_number program, yen amount, std::int64_t at) {
    auto& state = wallets[wallet];
    model_transfer made{false, program, day_in_japan(at) + programs.at(program).expiry_days, at, {}, {}};
    while (amount > 0) {
        std::uint32_t oldest = 0;
        for (const auto& [number, lot] : state.lots) {
            if (!is_undecided(lot.program) || lot.left == 0) continue;
            if (oldest == 0 || lot.issued_at < state.lots[oldest].issued_at) oldest = number;
        }
        auto& lot = state.lots.at(oldest);
        const yen part = std::min(amount, lot.left);
        lot.left -= part;
        amount -= part;
        moved_out[lot.program] += part;
        moved_in[program] += part;
        made.from.emplace_back(oldest, part);
        made.to.emplace_back(add_lot(wallet, {program, made.last_day, at, lot.source, part, 0}), part);
    }
    state.last_time = at;
    return made;
}

// --- corrections ---

tl::expected<std::size_t, refusal> ledger_model::propose(model_proposal asked, std::int64_t at) {
    auto& state = wallets[asked.wallet];
    if (!programs.contains(asked.program)) return tl::unexpected{refusal::program_unknown};
    if (state.corrections.size() == 16) return tl::unexpected{refusal::corrections_exhausted};
    if (asked.kind == correction_kind::credit) {
        const auto today = day_in_japan(at);
        if (!asked.last_day) asked.last_day = today + programs[asked.program].expiry_days;
        if (*asked.last_day < today) return tl::unexpected{refusal::expires_in_the_past};
        if (*asked.last_day > today + 36'600) return tl::unexpected{refusal::expires_too_far};
    }
    state.corrections.insert(proposals.size());
    state.last_time = at;
    proposals.push_back(asked);
    return proposals.size() - 1;
}

tl::expected<taken_lots, refusal> ledger_model::decide(std::size_t proposal, bool approve, model_person checker,
                                                       std::int64_t at) {
    const auto& what = proposals.at(proposal);
    auto& state = wallets[what.wallet];
    if (!state.corrections.contains(proposal)) return tl::unexpected{refusal::invalid_state};
    if (checker.second == 0 || checker == what.maker) return tl::unexpected{refusal::second_person_required};
    taken_lots moved;
    if (approve && what.kind == correction_kind::debit) {
        moved = cancel(what.wallet, what);
        if (moved.empty()) return tl::unexpected{refusal::amount_exceeds_remaining};
    } else if (approve) {
        if (*what.last_day < day_in_japan(at)) return tl::unexpected{refusal::expires_in_the_past};
        moved = {{add_lot(what.wallet, {what.program, *what.last_day, at, what.source, what.amount, 0}), what.amount}};
        issued[{what.program, what.source.funder}] += what.amount;
    }
    state.corrections.erase(proposal);
    state.last_time = at;
    return moved;
}

// All of it or nothing, from what that funder pays for alone; of lots past their last day too, until they are taken.
taken_lots ledger_model::cancel(std::uint64_t wallet, const model_proposal& debit) {
    auto& state = wallets[wallet];
    const auto fits = [&](const model_lot& lot) {
        return lot.program == debit.program && lot.source == debit.source && lot.left > 0;
    };
    yen there = 0;
    for (const auto& [number, lot] : state.lots)
        if (fits(lot)) there += lot.left;
    if (there < debit.amount) return {};
    cancelled[{debit.program, debit.source.funder}] += debit.amount;
    taken_lots taken;
    for (yen missing = debit.amount; missing > 0;) {
        std::uint32_t next = 0;
        for (const auto& [number, lot] : state.lots) {
            if (!fits(lot)) continue;
            const auto* const best = next == 0 ? nullptr : &state.lots[next];
            if (best == nullptr || lot.last_day < best->last_day ||
                (lot.last_day == best->last_day && lot.issued_at < best->issued_at))
                next = number;
        }
        auto& lot = state.lots.at(next);
        const yen part = std::min(missing, lot.left);
        lot.left -= part;
        missing -= part;
        taken.emplace_back(next, part);
    }
    return taken;
}

} // namespace meguri::ledger::model
