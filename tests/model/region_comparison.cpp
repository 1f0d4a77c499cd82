// What the real rules wrote and what stands now, held against the model's.
#include "tests/model/region.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace meguri::ledger::model {
namespace {

taken_lots plain(const std::vector<lot_use>& lots) {
    taken_lots found;
    for (const auto& use : lots) found.emplace_back(use.lot->number, use.amount.value());
    return found;
}

std::string name_of(payment_step step) {
    switch (step) {
    case payment_step::capture: return "capture";
    case payment_step::voiding: return "void";
    case payment_step::hold_expiry: return "hold expiry";
    case payment_step::refund: return "refund";
    case payment_step::reversal: return "reversal";
    }
    return "?";
}

// What kind of step it was, for the tally.
std::string kind_of(const model_step& step) {
    const bool in_part = step.step == payment_step::capture ? step.part < step.after.amount
                                                            : step.after.status == payment_status::captured;
    if (step.step == payment_step::reversal)
        return step.was_held ? "reversal of a hold" : step.part == 0 ? "reversal of nothing" : "reversal of a capture";
    return name_of(step.step) + (in_part && step.step != payment_step::hold_expiry ? " in part" : "");
}

} // namespace

// --- entries ---

std::size_t region::expect_same_due(std::size_t next) {
    const auto& journal = machine_.journal();
    for (const auto& ended : model_due_.ended) {
        if (next >= journal.size()) {
            ADD_FAILURE() << "the hold of payment " << ended.payment << " has not ended";
            return next;
        }
        expect_same_step(journal[next++], ended);
    }
    if (model_due_.expired.empty()) return next;
    const auto* const expiry = next < journal.size() ? std::get_if<points_expired>(&journal[next].what) : nullptr;
    if (expiry == nullptr) {
        ADD_FAILURE() << "no lot has expired";
        return next;
    }
    std::map<std::uint32_t, yen> booked;
    for (const auto& use : expiry->lots) booked[use.lot->number] += use.amount.value();
    EXPECT_EQ(booked, model_due_.expired);
    return next + 1;
}

void region::expect_entries(std::size_t count) const { EXPECT_EQ(machine_.journal().size(), count); }

void region::expect_same_payment(const entry& real, const model_payment& expected) const {
    const auto payment = payment_after(real);
    EXPECT_EQ(payment.merchant, merchant_id{expected.merchant});
    EXPECT_EQ(real.merchant, payment.merchant);
    EXPECT_EQ(payment.wallet, expected.wallet ? wallet_id{*expected.wallet} : wallet_id{});
    EXPECT_EQ(real.wallet, payment.wallet);
    EXPECT_EQ(payment.program.number(), expected.program);
    EXPECT_EQ(payment.amount.value(), expected.amount);
    EXPECT_EQ(ledger::name_of(payment.status), ledger::name_of(expected.status));
    EXPECT_EQ(ledger::name_of(payment.decline), ledger::name_of(expected.decline));
    EXPECT_EQ(payment.captured.value(), expected.captured);
    EXPECT_EQ(payment.refunded.value(), expected.refunded);
    EXPECT_EQ(payment.balance ? std::optional{payment.balance->value()} : std::nullopt, expected.balance);
    EXPECT_EQ(payment.capture_before, instant{expected.capture_before});
    EXPECT_EQ(plain(payment.lots), expected.lots);
}

void region::expect_same_step(const entry& real, const model_step& expected) {
    const auto* const step = std::get_if<payment_changed>(&real.what);
    ASSERT_NE(step, nullptr);
    EXPECT_EQ(name_of(step->step), name_of(expected.step));
    EXPECT_EQ(step->after->position, positions_[expected.payment]);
    EXPECT_EQ(real.decided_at, instant{expected.at});
    EXPECT_EQ(step->part.value(), expected.part);
    EXPECT_EQ(step->was_held, expected.was_held);
    EXPECT_EQ(plain(step->captured), expected.captured);
    EXPECT_EQ(plain(step->returned), expected.returned);
    EXPECT_EQ(plain(step->lapsed), expected.lapsed);
    expect_same_payment(real, expected.after);
    count(kind_of(expected));
    if (!expected.lapsed.empty()) count(name_of(expected.step) + " that lets lots lapse");
    if (expected.returned.size() > 1) count(name_of(expected.step) + " that gives several lots back");
}

void region::expect_same_answer(std::size_t before, const std::string& asked, const ledger_machine::stepped& real,
                                const ledger_model::stepped& expected) {
    const auto next = expect_same_due(before);
    ASSERT_EQ(real.has_value(), expected.has_value()) << asked;
    expect_entries(next + (expected ? 1 : 0));
    if (expected) {
        ASSERT_LT(next, machine_.journal().size());
        expect_same_step(machine_.journal()[next], *expected);
        return;
    }
    EXPECT_EQ(real.error(), expected.error());
    count(asked + (expected.error() == refusal::invalid_state ? " refused by state" : " refused by amount"));
}

// --- what stands ---

// One assertion for many numbers: this is done after every deed.
void region::expect_same_balances() const {
    const auto& state = machine_.state();
    for (const auto& [id, one] : model_.wallets) {
        const auto& real = state.wallets.at(wallet_id{id});
        EXPECT_EQ(real.frozen, one.frozen);
        EXPECT_EQ(real.last_time, instant{one.last_time}) << "wallet " << id;
        expect_same_lots(real, one);
    }
    for (const auto& [id, one] : model_.merchants) expect_same_totals(state.merchants.at(merchant_id{id}), one);
    expect_same_books();
}

void region::expect_same_lots(const wallet& real, const model_wallet& expected) const {
    const auto today = day_in_japan(expected.last_time);
    const jst_day real_today{static_cast<std::int32_t>(today)};
    std::map<std::uint32_t, std::pair<yen, yen>> stands; // available and held, by the lot's number
    std::map<std::uint32_t, std::pair<yen, yen>> modelled;
    std::map<code_number, yen> spendable;
    std::map<code_number, yen> modelled_spendable;
    std::optional<instant> due;
    const auto falls_due = [&due](std::int64_t at) { due = due ? std::min(*due, instant{at}) : instant{at}; };
    for (const auto& lot : real.lots) stands[lot.terms->number] = {lot.available.value(), lot.held.value()};
    for (const auto& [number, lot] : expected.lots) {
        if (lot.left + lot.held == 0) continue;
        modelled[number] = {lot.left, lot.held};
        modelled_spendable[lot.program] += today <= lot.last_day ? lot.left : 0;
        if (!spendable.contains(lot.program))
            spendable[lot.program] = real.available(program_code::as_named(lot.program), real_today).value();
        if (lot.left > 0) falls_due(((lot.last_day + 1) * 24 - 9) * 60 * 60 * 1000);
    }
    EXPECT_EQ(stands, modelled) << "wallet " << real.id.value();
    EXPECT_EQ(spendable, modelled_spendable) << "wallet " << real.id.value();
    std::vector<journal_position> open;
    std::vector<journal_position> holds;
    for (const auto& one : real.holds) open.push_back(one.position);
    for (const auto number : expected.holds) {
        holds.push_back(positions_[number]);
        falls_due(model_.payments[number].capture_before);
    }
    EXPECT_EQ(open, holds) << "wallet " << real.id.value();
    EXPECT_EQ(next_due(real), due) << "wallet " << real.id.value();
}

void region::expect_same_totals(const merchant& real, const model_merchant& expected) const {
    std::map<code_number, yen> pending;
    std::map<code_number, yen> captured;
    std::map<code_number, yen> refunded;
    for (const auto& one : real.totals) {
        pending[one.program.number()] = one.pending.value();
        captured[one.program.number()] = one.captured.value();
        refunded[one.program.number()] = one.refunded.value();
    }
    EXPECT_EQ(pending, expected.pending);
    EXPECT_EQ(captured, expected.captured);
    EXPECT_EQ(refunded, expected.refunded);
}

void region::expect_same_books() const {
    using balances = std::map<code_number, std::array<yen, accounts>>; // credits less debits
    const auto place = [](account one) { return static_cast<std::size_t>(one); };
    balances modelled;
    for (const auto& [of_whom, amount] : model_.issued)
        modelled[of_whom.first][place(of(account::funding, of_whom.second))] -= amount;
    for (const auto& [of_whom, amount] : model_.expired)
        modelled[of_whom.first][place(of(account::expired, of_whom.second))] += amount;
    for (const auto& [id, wallet] : model_.wallets)
        for (const auto& [number, lot] : wallet.lots) {
            if (lot.left + lot.held == 0) continue;
            auto& sums = modelled[lot.program];
            sums[place(account::available)] += lot.left;
            sums[place(account::held)] += lot.held;
        }
    for (const auto& [id, merchant] : model_.merchants) {
        for (const auto& [program, amount] : merchant.captured) modelled[program][place(account::payable)] += amount;
        for (const auto& [program, amount] : merchant.refunded) modelled[program][place(account::payable)] -= amount;
    }
    balances booked;
    for (const auto& one : machine_.state().books.programs) {
        auto& sums = booked[one.program.number()];
        for (std::size_t on = 0; on < accounts; ++on)
            sums[on] = one.sums[on].credits.value() - one.sums[on].debits.value();
    }
    EXPECT_EQ(booked, modelled);
}

} // namespace meguri::ledger::model
