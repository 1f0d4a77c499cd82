// What `meguri verify` checks, and how often each held. Part of verify; one thread.
#pragma once

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
    wallet_sequence, // dense within the wallet
    wallet_chain,    // the previous position of the wallet is the one before
    merchant_chain,
    wallet_time,       // decision times of a wallet never go back
    amounts,           // 1 to 100,000,000
    lots,              // nothing is taken that is not there, no lot is issued twice
    payment_lots,      // a payment takes its amount from lots of its program; a decline takes nothing
    payment_terms,     // the merchant knows the outlet, accepts the program, and had these terms by then
    codes_once,        // a one-time code is used up once
    keys_once,         // an idempotency key of a caller stands in one entry
    registry,          // programs and ids are new when they are added
    postings,          // debits equal credits in every entry
    books,             // and in every program, with no account on its wrong side
    books_and_wallets, // what residents have is the sum over the wallets' lots
    books_and_merchants,
    state_opens,
    state_checkpoint, // the stored position, hash and ids are the journal's
    state_wallets,    // stored records are, byte for byte, what the replay gives
    state_merchants,
    state_registry,
    state_books,
    state_credentials,
    index_idempotency, // the runs hold each key once, and nothing else
    index_reference,
};
inline constexpr std::size_t rules = 26;

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
