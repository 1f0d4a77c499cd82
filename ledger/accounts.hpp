// The books: for every program, accounts that each entry debits and credits by the same sum (domain rules 1 and 2).
// Folded over the journal by its writer before an entry becomes durable, by the checkpointer and by `meguri verify`.
#pragma once

#include "ledger/entry.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace meguri::ledger {

// Numbers are stored. The accounts that exist once per funding kind follow each other in the order of funding_kind.
enum class account : std::uint8_t {
    funding = 0,       // + kind - 1: what the funders owe for points issued (debit)
    available = 5,     // what residents can spend
    held = 6,          // under holds
    payable = 7,       // captured, not settled
    settled = 8,       // paid out
    expired = 9,       // + kind - 1: breakage
    cancelled = 14,    // + kind - 1: closed without having been spent, or corrected away
    clearing_in = 19,  // came from pseudo-programs of undecided points (debit); counts as issued here
    clearing_out = 20, // of a pseudo-program: went to the programs that were chosen
    // Money, apart from the points that it pays for: what came to the program's bank account, and for what.
    money_received = 21,   // (debit)
    money_for_points = 22, // pays for purchases that were credited
    money_unmatched = 23,  // waits until somebody says what it is
    money_to_return = 24,  // goes back to whoever sent it
    money_debited = 28,    // (debit) came by account transfer, of which the bank tells no single lines
    money_captured = 29,   // (debit) captured by the gateway, and not taken back
    money_lost = 30,       // (debit) taken back for points that were spent already: a claim against the card's owner
};
inline constexpr std::size_t accounts = 31;           // numbers without a name were never used
inline constexpr std::size_t accounts_of_points = 21; // the first of them

[[nodiscard]] constexpr account of(account first, funding_kind kind) noexcept {
    return static_cast<account>(static_cast<std::uint8_t>(first) + static_cast<std::uint8_t>(kind) - 1);
}

// As shown in the trial balance: `funding:budget`, `wallets:available`, `merchants:payable`, `expired:budget`,
// `clearing:in`, `money:received`.
[[nodiscard]] std::string name_of(account one);

enum class side : std::uint8_t { debit, credit };

struct posting {
    program_code program;
    account on;
    side to;
    points amount;
};

struct account_sums {
    points debits;
    points credits;
};

struct program_accounts {
    program_code program;
    std::array<account_sums, accounts> sums{};

    [[nodiscard]] points debits() const noexcept;
    [[nodiscard]] points credits() const noexcept;
    // Debits equal credits, and issued = available + held + captured and unsettled + settled + expired + cancelled with
    // no account on its wrong side; and all money received is for points, unmatched or to be returned.
    [[nodiscard]] bool balanced() const noexcept;
};

struct books {
    std::vector<program_accounts> programs;                             // by code
    std::array<std::uint64_t, decline_codes + 1> payments_by_outcome{}; // [0] approved, then by decline code

    [[nodiscard]] program_accounts& of(program_code code);
    // Every program, and what left the pseudo-programs is what came to the others.
    [[nodiscard]] bool balanced() const noexcept;
};

// What an entry posts; nothing for entries that move no points. Calls post(posting) for each.
template <class Post>
void for_each_posting(const entry& one, Post post);

// Folds one entry in. Contract: its postings balance in every program.
void apply(books& state, const entry& applied);

// What a purchase posts: points, and the money that pays for them.
template <class Move, class Issue>
void post_purchase(const fact& what, Move move, Issue issue) {
    if (const auto* paid_for = std::get_if<purchase_paid>(&what)) {
        const bank_transfer& came = *paid_for->transfer;
        const bool had_waited = came.status == transfer_status::assigned;
        issue(paid_for->lot);
        move(came.program, had_waited ? account::money_unmatched : account::money_received, account::money_for_points,
             came.line.amount);
    } else if (const auto* debited = std::get_if<purchase_debited>(&what)) {
        issue(debited->lot);
        move(debited->lot.lot->program, account::money_debited, account::money_for_points, debited->lot.amount);
    } else if (const auto* captured = std::get_if<purchase_captured>(&what)) {
        issue(captured->lot);
        move(captured->lot.lot->program, account::money_captured, account::money_for_points, captured->lot.amount);
    } else if (const auto* disputed = std::get_if<purchase_charged_back>(&what)) {
        const purchase& after = *disputed->after;
        if (disputed->lot) {
            const auto& terms = *disputed->lot->lot;
            move(terms.program, account::available, of(account::cancelled, terms.source.kind()), disputed->lot->amount);
            move(terms.program, account::money_for_points, account::money_captured, disputed->lot->amount);
        }
        if (after.refund && !after.refund->amount.is_zero()) // which nobody is owed any more
            move(after.program, account::money_to_return, account::money_captured, after.refund->amount);
        if (!after.card->lost.is_zero())
            move(after.program, account::money_lost, account::money_captured, after.card->lost);
    } else if (const auto* of_card = std::get_if<purchase_changed>(&what)) {
        const purchase& after = *of_card->after;
        if (of_card->step == purchase_step::card_refund_owed)
            move(after.program, account::money_captured, account::money_to_return, after.amount);
        if (of_card->step == purchase_step::card_refunded)
            move(after.program, account::money_to_return, account::money_captured, after.amount);
    } else if (const auto* back = std::get_if<purchase_refunded>(&what)) {
        move(back->lot.lot->program, account::available, of(account::cancelled, back->lot.lot->source.kind()),
             back->lot.amount);
        move(back->lot.lot->program, account::money_for_points, account::money_to_return, back->lot.amount);
    } else if (const auto* came = std::get_if<transfer_changed>(&what)) {
        const bank_transfer& after = *came->after;
        if (came->step == transfer_step::arrival)
            move(after.program, account::money_received, account::money_unmatched, after.line.amount);
        if (came->step == transfer_step::return_approval)
            move(after.program, account::money_unmatched, account::money_to_return, after.line.amount);
    }
}

template <class Post>
void for_each_posting(const entry& one, Post post) {
    const auto move = [&post](program_code program, account from, account to, points amount) {
        post(posting{program, from, side::debit, amount});
        post(posting{program, to, side::credit, amount});
    };
    const auto issue = [&move](const lot_use& added) {
        const auto& terms = *added.lot;
        move(terms.program, of(account::funding, terms.source.kind()), account::available, added.amount);
    };
    if (const auto* paid = std::get_if<payment_decided>(&one.what)) {
        const account to = paid->status == payment_status::authorized ? account::held : account::payable;
        for (const auto& use : paid->lots) move(use.lot->program, account::available, to, use.amount);
    } else if (const auto* changed = std::get_if<payment_changed>(&one.what)) {
        const account from = changed->was_held ? account::held : account::payable;
        for (const auto& use : changed->captured) move(use.lot->program, from, account::payable, use.amount);
        for (const auto& use : changed->returned) move(use.lot->program, from, account::available, use.amount);
        for (const auto& use : changed->lapsed)
            move(use.lot->program, from, of(account::expired, use.lot->source.kind()), use.amount);
    } else if (const auto* granted = std::get_if<points_granted>(&one.what)) {
        issue(granted->lot);
    } else if (const auto* of_campaign = std::get_if<campaign_granted>(&one.what)) {
        issue(of_campaign->lot);
    } else if (const auto* converted = std::get_if<points_converted>(&one.what)) {
        issue(converted->lot);
    } else if (const auto* of_file = std::get_if<recipient_granted>(&one.what)) {
        issue(of_file->lot);
    } else if (const auto* benefit = std::get_if<benefit_granted>(&one.what)) {
        issue(benefit->lot);
    } else if (const auto* clawed = std::get_if<points_clawed_back>(&one.what)) {
        move(clawed->lot.lot->program, account::available, of(account::cancelled, clawed->lot.lot->source.kind()),
             clawed->lot.amount);
    } else if (const auto* expiry = std::get_if<points_expired>(&one.what)) {
        for (const auto& use : expiry->lots)
            move(use.lot->program, account::available, of(account::expired, use.lot->source.kind()), use.amount);
    } else if (const auto* transfer = std::get_if<points_transferred>(&one.what)) {
        for (const auto& use : transfer->from)
            move(use.lot->program, account::available, account::clearing_out, use.amount);
        for (const auto& use : transfer->to)
            move(use.lot->program, account::clearing_in, account::available, use.amount);
    } else if (const auto* corrected = std::get_if<correction_decided>(&one.what)) {
        for (const auto& use : corrected->lots) {
            if (corrected->what->kind == correction_kind::credit)
                issue(use);
            else
                move(use.lot->program, account::available, of(account::cancelled, use.lot->source.kind()), use.amount);
        }
    } else {
        post_purchase(one.what, move, issue);
    }
}

} // namespace meguri::ledger
