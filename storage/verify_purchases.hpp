// What the replay of `meguri verify` knows of purchases and of money that came in. Part of verify; one thread.
#pragma once

#include "ledger/accounts.hpp"
#include "storage/key_ring.hpp"
#include "storage/state_records.hpp"
#include "storage/verify_rules.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

namespace meguri::storage {

class verify_purchases {
public:
    // Lets its purchase, its person and its transfer take the entry; false where they cannot.
    [[nodiscard]] bool take(const ledger::entry& one, const key_ring& keys, rule_tally& tally);
    // What is decided meanwhile may still rest on the terms before, and be written after these.
    void take(const ledger::purchase_terms_set& sale) { terms_[sale.program].push_back(sale.terms); }
    // At the end: the money in the books is what purchases were paid and what the transfers say.
    void compare_money(const ledger::books& books, rule_tally& tally) const;

    using newest_by_digest = std::map<ledger::digest128, ledger::journal_position>;
    struct newest_purchase {
        ledger::purchase purchase;
        ledger::journal_position position = 0;
    };
    // By the reference's number.
    [[nodiscard]] const std::unordered_map<std::uint64_t, newest_purchase>& purchases() const noexcept {
        return purchases_;
    }
    // By key_ring's digests.
    [[nodiscard]] const newest_by_digest& purchasers() const noexcept { return purchasers_; }
    [[nodiscard]] const newest_by_digest& transfers() const noexcept { return lines_; }
    // Of the money that paid nothing when it came, by program and arrival.
    using place = std::pair<ledger::program_code, ledger::journal_position>;
    [[nodiscard]] const std::map<place, unmatched_record>& unmatched() const noexcept { return unmatched_; }

private:
    struct newest_transfer {
        ledger::bank_transfer transfer;
        ledger::digest128 line;
    };

    struct newest_mandate {
        ledger::debit_mandate mandate;
        ledger::journal_position position = 0;
    };

    // A mandate's step, or an order of debits.
    [[nodiscard]] bool take_debits(const ledger::entry& one, rule_tally& tally);
    void note_card_money(const ledger::entry& one, const ledger::purchase& after);
    // What the debits of its day say of a purchase.
    void tell_debits(const ledger::purchase& one, ledger::purchase_before& into) const;
    [[nodiscard]] bool follows(ledger::purchase_before before, ledger::program_code seller,
                               const ledger::entry& one) const;
    [[nodiscard]] const newest_transfer* known(const ledger::bank_transfer& one) const;

    std::map<ledger::program_code, std::vector<ledger::purchase_terms>> terms_; // all that there were so far
    std::unordered_map<std::uint64_t, newest_purchase> purchases_;
    std::map<std::pair<ledger::program_code, ledger::wallet_id>, ledger::purchase_usage> used_;
    newest_by_digest purchasers_;
    std::unordered_map<ledger::journal_position, newest_transfer> transfers_; // by arrival
    newest_by_digest lines_;
    std::map<place, unmatched_record> unmatched_;
    std::map<ledger::program_code, std::int64_t> paid_; // to purchases
    std::map<ledger::program_code, std::int64_t> debited_;
    // What the gateway's payments have left in the books.
    struct money_by_card {
        std::int64_t captured = 0; // and not gone back
        std::int64_t for_points = 0;
        std::int64_t to_return = 0;
        std::int64_t lost = 0;
    };
    std::map<ledger::program_code, money_by_card> by_card_;
    std::map<std::pair<ledger::program_code, ledger::wallet_id>, newest_mandate> mandates_;
    std::unordered_map<ledger::journal_position, ledger::journal_position> ended_; // mandates: where each ended
    std::map<std::pair<ledger::program_code, ledger::jst_day>, ledger::journal_position> ordered_;
    std::map<ledger::program_code, std::int64_t> paid_back_;
};

} // namespace meguri::storage
