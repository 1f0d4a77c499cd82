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

bool verify_purchases::take(const ledger::entry& one, const key_ring& keys, rule_tally& tally) {
    const auto purchase = ledger::purchase_in(one);
    const auto transfer = ledger::transfer_in(one);
    ledger::purchase_before before;
    const auto bought = purchase ? purchases_.find(purchase->reference.number()) : purchases_.end();
    if (bought != purchases_.end()) before.bought = &bought->second.purchase;
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
        paid_[purchase->program] +=
            std::holds_alternative<ledger::purchase_paid>(one.what) ? purchase->credited.value() : 0;
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
        const bool equal = stands(ledger::account::money_received) == -of.received &&
                           stands(ledger::account::money_unmatched) == of.waiting &&
                           stands(ledger::account::money_to_return) == of.to_return + back &&
                           stands(ledger::account::money_for_points) == sum_in(paid_) - back;
        tally.check(rule::books_and_money, equal, [&] { return "program " + one.program.text(); });
    }
}

} // namespace meguri::storage
