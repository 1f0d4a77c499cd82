// What `meguri verify` checks, and how often each held. Part of verify; one thread.
#pragma once

#include "ledger/invariants.hpp"
#include "storage/verify.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace meguri::storage {

enum class rule : std::size_t {
    chain,           // every record is whole, every position is there, every batch's hash follows from the one before
    belongs,         // an entry names the wallet and the merchant that its fact concerns
    first_invariant, // of a wallet: those that its actor asks of every entry, in their order
    wallet_chain =
        first_invariant + ledger::wallet_invariants_count, // the wallet's previous position is the one before
    merchant_chain,
    payment_terms,     // the merchant knows the outlet, accepts the program, and had these terms by then
    payment_decisions, // each step of a payment names its decision, and follows where there is no wallet
    keys_once,         // an idempotency key of a caller made one entry, and was reversed by one
    access,            // a key is its holder's next one, or one of them is revoked once; the holder is there
    my_keys_once,      // a MyKey ID is given out once, to one wallet
    registry,          // programs and ids are new when they are added, programs there before they are named
    campaigns,         // two persons, grants by the rule and within the approved budget, each occasion once
    conversions,       // terms by two persons, floor(units x rate), within the limits, each reference and coupon once
    reconciliations,   // of a day that is over, with all conversions of it
    benefits,          // each to a person, where one is asked for, who is on a list that was in force
    clawbacks,         // two persons, of grants of the campaign, each row once and not more than its lot has
    recipients,        // a file's rows are those of its lists, each granted or left out once
    purchases, // within their terms, credited once, each line of a statement once, two persons where they choose
    joinings,  // applications and accounts: two persons, each decided once, each account's entries in a chain
    epochs,    // each begins where it says, with a mark of its own, and knows the numbers given out before it
    postings,  // debits equal credits in every entry
    books,     // and in every program, with no account on its wrong side
    books_and_wallets, // what residents have is the sum over the wallets' lots
    books_and_merchants,
    books_and_money, // what came in is what paid purchases, waits and is to be returned
    state_opens,
    state_checkpoint, // the stored position, hash and ids are the journal's
    state_wallets,    // stored records are, byte for byte, what the replay gives
    state_merchants,
    state_follow_ups,   // the newest step of each payment
    state_certificates, // the newest entry that told each terminal's
    state_campaigns,
    state_occasions,   // the grant of each
    state_joinings,    // the newest entry about each
    state_conversions, // partners, and the newest entry of each conversion's key
    state_my_keys,     // the newest entry of each MyKey ID
    state_passwords,   // the newest entry of each wallet's
    state_purchases,   // of each purchase, of each person who buys and of each transfer, and which wait
    state_due,         // when something of each wallet falls due
    state_registry,
    state_books,
    state_credentials,
    state_acts,        // the positions of the administrative acts
    index_idempotency, // the runs hold each key once, and nothing else
    index_reference,
};
inline constexpr std::size_t rules = static_cast<std::size_t>(rule::index_reference) + 1;

[[nodiscard]] constexpr rule rule_of_invariant(std::size_t number) noexcept {
    return static_cast<rule>(static_cast<std::size_t>(rule::first_invariant) + number);
}

class rule_tally {
public:
    rule_tally();

    // Counts one check; describe() -> std::string is called for the first violation only. Returns `holds`.
    template <class Describe>
    bool check(rule which, bool holds, Describe describe) {
        verify_rule& one = all_[static_cast<std::size_t>(which)];
        ++one.checked;
        if (holds) return true;
        if (one.violated++ == 0) one.first_violation = describe();
        return false;
    }
    void violated(rule which, const std::string& what) {
        check(which, false, [&what] { return what; });
    }

    [[nodiscard]] std::vector<verify_rule> take() { return {all_.begin(), all_.end()}; }

private:
    std::array<verify_rule, rules> all_;
};

} // namespace meguri::storage
