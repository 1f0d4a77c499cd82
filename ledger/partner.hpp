// What a partner may convert as it stands: its terms, which one person proposed and another approved, and what was
// converted so far. Changed by apply() alone, from entries alone; the actor of its conversions, the checkpointer and
// `meguri verify` use the same function.
#pragma once

#include "ledger/entry.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

// Terms that wait for their second person.
struct open_terms {
    std::uint32_t number = 0;
    conversion_terms_ptr terms;
    person_ref maker;
    instant proposed_at;
};

// What was credited on the newest day. The same conversions give the same in whatever order they are added.
struct day_usage {
    jst_day day;
    points amount;
    void add(jst_day on, points more);
    [[nodiscard]] points on(jst_day wanted) const noexcept { return wanted == day ? amount : points{}; }
};

struct partner {
    partner_id id;
    journal_position last_position = 0; // of the last entry applied that has one
    std::uint32_t proposals = 0;        // of terms, so far
    std::uint32_t number = 0;           // of the terms in force; 0: none yet
    conversion_terms_ptr terms;         // in force; null: none yet
    person_ref maker;                   // who proposed those
    person_ref checker;                 // who approved them
    instant in_force_since;
    std::optional<open_terms> open;
    day_usage today;
    std::uint64_t conversions = 0; // redeemed coupons among them
    points converted;              // credited by all of them
    std::uint32_t coupons = 0;     // issued
    std::uint32_t coupons_redeemed = 0;
    std::uint32_t coupons_blocked = 0;
    std::vector<open_linked_conversion> linked; // that have not ended, by their position

    // Null: it has ended, or there was none.
    [[nodiscard]] const open_linked_conversion* find_linked(journal_position position) const noexcept;
    [[nodiscard]] const open_linked_conversion* find_linked(std::string_view reference) const noexcept;
};

// The partner whose record the entry changes; none for other entries.
[[nodiscard]] partner_id partner_changed_by(const entry& one) noexcept;

// Whether the entry may follow: two different persons, floor(units x rate) by the terms in force, within the limits.
// What only all entries together can say (each reference once, each coupon once, each person's sum) is not looked at.
// For those who check decisions. Contract: it changes this partner's record.
[[nodiscard]] bool follows(const partner& before, const entry& one);

// Contract: as follows(), which holds.
void apply(partner& state, const entry& applied);

} // namespace meguri::ledger
