#include "storage/verify_purchases.hpp"

#include <algorithm>
#include <string>

namespace meguri::storage {

using ledger::journal_position;

const verify_purchases::newest_transfer* verify_purchases::known(const ledger::bank_transfer& one) const {
    const auto found = transfers_.find(one.position);
    return found != transfers_.end() ? &found->second : nullptr;
}

// Under the terms that the program has, or had before.
bool verify_purchases::follows(ledger::purchase_before before, ledger::program_code seller,
                               const ledger::entry& one) const {
    const auto sold_under = terms_.find(seller);
    if (sold_under == terms_.end()) return ledger::follows(before, one);
    return std::ranges::any_of(sold_under->second, [&](const ledger::purchase_terms& terms) {
        before.terms = &terms;
        return ledger::follows(before, one);
    });
}

bool verify_purchases::take_debits(const ledger::entry& one, rule_tally& tally) {
    const auto mandate = ledger::mandate_in(one);
    const auto* const ordered = std::get_if<ledger::debits_ordered>(&one.what);
    ledger::purchase_before before;
    bool possible = true;
    const auto whose =
        mandate ? std::pair{mandate->program, mandate->wallet} : std::pair{ledger::program_code{}, one.wallet};
    if (mandate) {
        const auto newest = mandates_.find(whose);
        if (newest != mandates_.end()) before.mandate = &newest->second.mandate;
        const auto previous = newest != mandates_.end() ? newest->second.position : journal_position{0};
        possible = std::get<ledger::mandate_changed>(one.what).previous == previous && mandate->wallet == one.wallet;
    } else {
        before.is_day_ordered = ordered_.contains({ordered->what->program, ordered->what->day});
    }
    possible = possible && follows(before, mandate ? mandate->program : ordered->what->program, one);
    if (!tally.check(rule::purchases, possible, [&] { return "entry " + std::to_string(one.position); })) return false;
    if (mandate) {
        mandates_[whose] = {*mandate, one.position};
        if (mandate->status == ledger::mandate_status::ended) ended_[mandate->position] = one.position;
    } else {
        ordered_[{ordered->what->program, ordered->what->day}] = one.position;
    }
    return true;
}

void verify_purchases::tell_debits(const ledger::purchase& one, ledger::purchase_before& into) const {
    const auto mandate = mandates_.find({one.program, one.wallet});
    if (mandate != mandates_.end()) into.mandate = &mandate->second.mandate;
    const auto order = ordered_.find({one.program, one.last_day});
    if (!one.debit || order == ordered_.end()) return;
    into.is_day_ordered = true;
    const auto ended = ended_.find(one.debit->mandate);
    into.is_ordered = one.position < order->second && (ended == ended_.end() || order->second < ended->second);
}

void verify_purchases::note_card_money(const ledger::entry& one, const ledger::purchase& after) {
    auto& of = by_card_[after.program];
    const auto amount = after.amount.value();
    if (std::holds_alternative<ledger::purchase_captured>(one.what)) {
        of.captured += amount;
        of.for_points += amount;
    } else if (const auto* const back = std::get_if<ledger::purchase_charged_back>(&one.what)) {
        of.captured -= amount;
        of.for_points -= back->lot ? back->lot->amount.value() : 0;
        of.to_return -= after.refund ? after.refund->amount.value() : 0;
        of.lost += after.card->lost.value();
    } else if (const auto* const step = std::get_if<ledger::purchase_changed>(&one.what)) {
        const int sign = step->step == ledger::purchase_step::card_refund_owed ? 1
                       : step->step == ledger::purchase_step::card_refunded    ? -1
                                                                               : 0;
        of.captured += sign * amount;
        of.to_return += sign * amount;
    }
}

bool verify_purchases::take(const ledger::entry& one, const key_ring& keys, rule_tally& tally) {
    if (std::holds_alternative<ledger::mandate_changed>(one.what) ||
        std::holds_alternative<ledger::debits_ordered>(one.what))
        return take_debits(one, tally);
    const auto purchase = ledger::purchase_in(one);
    const auto transfer = ledger::transfer_in(one);
    ledger::purchase_before before;
    const auto bought = purchase ? purchases_.find(purchase->reference.number()) : purchases_.end();
    if (bought != purchases_.end()) before.bought = &bought->second.purchase;
    if (purchase) tell_debits(*purchase, before);
    const auto line = transfer ? keys.digest_of_transfer(transfer->program, transfer->line) : ledger::digest128{};
    bool possible = true;
    if (transfer) {
        const auto* const stood = known(*transfer);
        // A line is taken once, and every later entry about it names the same one.
        possible =
            stood != nullptr ? stood->line == line : !lines_.contains(line) && transfer->position == one.position;
        if (stood != nullptr) before.transfer = &stood->transfer;
    }
    const auto* const changed = std::get_if<ledger::purchase_changed>(&one.what);
    if (changed != nullptr) {
        before.usage = used_[{purchase->program, purchase->wallet}];
        possible = purchase->wallet == one.wallet && (before.bought != nullptr || purchase->position == one.position);
    }
    const auto program = purchase ? purchase->program : transfer ? transfer->program : ledger::program_code{};
    possible = possible && follows(before, program, one);
    if (!tally.check(rule::purchases, possible, [&] { return "entry " + std::to_string(one.position); })) return false;
    if (purchase) {
        purchases_[purchase->reference.number()] = {*purchase, one.position};
        const bool is_debited = std::holds_alternative<ledger::purchase_debited>(one.what);
        paid_[purchase->program] +=
            is_debited || std::holds_alternative<ledger::purchase_paid>(one.what) ? purchase->credited.value() : 0;
        debited_[purchase->program] += is_debited ? purchase->credited.value() : 0;
        if (purchase->card) note_card_money(one, *purchase);
    }
    if (const auto* const back = std::get_if<ledger::purchase_refunded>(&one.what))
        paid_back_[purchase->program] += back->lot.amount.value();
    if (changed != nullptr && ledger::changes_usage(changed->step)) {
        used_[{purchase->program, purchase->wallet}] = changed->usage;
        purchasers_[keys.digest_of_purchaser(purchase->program, purchase->wallet)] = one.position;
    }
    if (!transfer) return true;
    transfers_[transfer->position] = {*transfer, line};
    lines_[line] = one.position;
    if (transfer->status != ledger::transfer_status::matched)
        unmatched_[{transfer->program, transfer->position}] = {one.position, ledger::is_open(transfer->status)};
    return true;
}

void verify_purchases::compare_money(const ledger::books& books, rule_tally& tally) const {
    struct money {
        std::int64_t received = 0;
        std::int64_t waiting = 0;
        std::int64_t to_return = 0;
    };
    std::map<ledger::program_code, money> sums;
    for (const auto& [arrival, known] : transfers_) {
        auto& of = sums[known.transfer.program];
        const auto amount = known.transfer.line.amount.value();
        of.received += amount;
        if (ledger::is_open(known.transfer.status)) of.waiting += amount;
        if (known.transfer.status == ledger::transfer_status::to_return) of.to_return += amount;
    }
    for (const auto& one : books.programs) {
        const auto stands = [&one](ledger::account account) {
            const auto& both = one.sums[static_cast<std::size_t>(account)];
            return both.credits.value() - both.debits.value();
        };
        const auto& of = sums[one.program];
        const auto sum_in = [&one](const std::map<ledger::program_code, std::int64_t>& in) {
            const auto found = in.find(one.program);
            return found != in.end() ? found->second : std::int64_t{0};
        };
        const auto back = sum_in(paid_back_);
        const auto card = by_card_.find(one.program);
        const auto by_card = card != by_card_.end() ? card->second : money_by_card{};
        const bool equal = stands(ledger::account::money_received) == -of.received &&
                           stands(ledger::account::money_debited) == -sum_in(debited_) &&
                           stands(ledger::account::money_captured) == -by_card.captured &&
                           stands(ledger::account::money_lost) == -by_card.lost &&
                           stands(ledger::account::money_unmatched) == of.waiting &&
                           stands(ledger::account::money_to_return) == of.to_return + back + by_card.to_return &&
                           stands(ledger::account::money_for_points) == sum_in(paid_) - back + by_card.for_points;
        tally.check(rule::books_and_money, equal, [&] { return "program " + one.program.text(); });
    }
}

} // namespace meguri::storage
