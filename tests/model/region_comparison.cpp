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
    next = expect_same_expiry(next);
    if (!model_due_.moved) return next;
    if (next >= journal.size()) {
        ADD_FAILURE() << "undecided points have not gone home";
        return next;
    }
    expect_same_transfer(journal[next], *model_due_.moved);
    count("transfer by default");
    if (model_due_.moved->from.size() > 1) count("transfer by default of several lots");
    return next + 1;
}

std::size_t region::expect_same_expiry(std::size_t next) const {
    const auto& journal = machine_.journal();
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
    const auto* const decided = std::get_if<payment_decided>(&real.what);
    if (decided == nullptr) return;
    EXPECT_EQ(decided->limit.has_value(), expected.limit.has_value());
    if (!decided->limit || !expected.limit) return;
    EXPECT_EQ(text_of(*decided->limit), text_of(reached_limit{expected.limit->first, expected.limit->second}));
}

void region::expect_same_transfer(const entry& real, const model_transfer& expected) {
    const auto* const moved = std::get_if<points_transferred>(&real.what);
    ASSERT_NE(moved, nullptr);
    EXPECT_EQ(real.decided_at, instant{expected.at});
    EXPECT_EQ(moved->by_default, expected.by_default);
    EXPECT_EQ(plain(moved->from), expected.from);
    EXPECT_EQ(plain(moved->to), expected.to);
    for (const auto& use : moved->to) {
        EXPECT_EQ(use.lot->program.number(), expected.program);
        EXPECT_EQ(use.lot->expires_on.days(), expected.last_day);
    }
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

// As `terminal: amount per day` says both, by its two halves.
void region::count_limit(const std::pair<limit_subject, limit_kind>& reached) {
    const auto text = text_of(reached_limit{reached.first, reached.second});
    const auto colon = text.find(": ");
    count("limit of a " + text.substr(0, colon));
    count("limit: " + text.substr(colon + 2));
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
        expect_same_proposals(real, one);
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
            spendable[lot.program] = real.available(program_code::as_stored(lot.program), real_today).value();
        // After its last day, and where it is undecided after the 14th one that there is for choosing, if it has a
        // home.
        const auto last_day = is_undecided(lot.program) ? day_in_japan(lot.issued_at) + 14 : lot.last_day;
        if (lot.left > 0 && (!is_undecided(lot.program) || expected.home))
            falls_due(((last_day + 1) * 24 - 9) * 60 * 60 * 1000);
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

void region::expect_same_proposals(const wallet& real, const model_wallet& expected) const {
    EXPECT_EQ(real.home.number(), expected.home.value_or(0));
    std::vector<std::pair<journal_position, model_person>> open;
    std::vector<std::pair<journal_position, model_person>> modelled;
    for (const auto& one : real.corrections)
        open.emplace_back(one.position, model_person{one.maker.kind, one.maker.id});
    for (const auto number : expected.corrections)
        modelled.emplace_back(proposals_[number], model_.proposals[number].maker);
    EXPECT_EQ(open, modelled) << "wallet " << real.id.value();
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
    for (const auto& [of_whom, amount] : model_.cancelled)
        modelled[of_whom.first][place(of(account::cancelled, of_whom.second))] += amount;
    for (const auto& [program, amount] : model_.moved_out) modelled[program][place(account::clearing_out)] += amount;
    for (const auto& [program, amount] : model_.moved_in) modelled[program][place(account::clearing_in)] -= amount;
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
