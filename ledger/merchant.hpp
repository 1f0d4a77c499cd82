// A merchant as it stands: who it is, its terminals and shops, and what it is owed. Its terms are what a payment's
// decision is handed; its totals are a sum over its payments in any order.
#pragma once

#include "ledger/entry.hpp"

#include <memory>
#include <vector>

namespace meguri::ledger {

struct outlet {
    outlet_kind kind = outlet_kind::terminal;
    outlet_id id;
    std::string name;
    bool frozen = false;
    limits limit = {};
};

// What a decision needs to know of a merchant, immutable, with its version.
struct merchant_terms {
    std::uint64_t version = 0; // one more with every change
    merchant_id id;
    bool frozen = false;
    std::vector<program_code> programs; // sorted
    std::vector<outlet> outlets;        // outlet number n stands at n - 1
    limits limit = {};
    category_set categories = {}; // which earmarked points are good here

    [[nodiscard]] const outlet* find(outlet_id wanted) const noexcept;
    [[nodiscard]] bool accepts(program_code code) const noexcept;
};
using merchant_terms_ptr = std::shared_ptr<const merchant_terms>;

// Gross sums since the beginning; payable = captured - refunded - paid out, and may be below zero after a refund of
// what was paid out (domain rule 3).
struct merchant_totals {
    program_code program;
    points pending; // authorized, not captured
    points captured;
    points refunded;
    [[nodiscard]] std::int64_t payable() const noexcept { return captured.value() - refunded.value(); }
};

struct outlet_usage {
    outlet_id outlet;
    usage_windows used;
};

struct merchant {
    std::string name;
    merchant_terms_ptr terms;
    std::vector<merchant_totals> totals;    // by program
    std::uint64_t payments = 0;             // decided, approved or declined
    journal_position last_position = 0;     // of the last entry applied
    usage_windows used;                     // of payments that were counted
    std::vector<outlet_usage> outlets_used; // by outlet
    std::uint32_t activations_issued = 0;
    std::vector<open_activation> activations; // by number; those that are over go when the next one is issued

    [[nodiscard]] const usage_windows* used_by(outlet_id wanted) const noexcept;
    // Null: it was used, revoked, is long over, or never was.
    [[nodiscard]] const open_activation* activation(std::uint32_t number) const noexcept;
};

// Changes the merchant by an entry that names it. Totals commute: journal order extends each wallet's order, not each
// merchant's. Terms change only by entries of the merchant's own, which are in order.
void apply(merchant& state, const entry& applied);

} // namespace meguri::ledger
