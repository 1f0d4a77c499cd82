// A wallet as it stands: its lots by program and order of spending, its codes, whether it is frozen. Changed by apply()
// alone, from entries alone; the wallet's actor, the checkpointer and `meguri verify` use the same function.
#pragma once

#include "ledger/entry.hpp"

#include <optional>
#include <vector>

namespace meguri::ledger {

struct lot {
    lot_terms_ptr terms;
    points available;
    points held; // under holds of payments: does not expire, is not spendable
};

struct program_usage {
    program_code program;
    usage_windows used;
};

// One that waits for its second person.
struct open_correction {
    std::uint64_t sequence = 0;    // of its proposal within the wallet
    journal_position position = 0; // of its proposal: what its id names; 0 while that is on its way to the disk
    person_ref maker;              // who proposed it
    correction_ptr what;
};

struct wallet {
    wallet_id id;
    std::uint64_t sequence = 0;         // of the last entry applied
    journal_position last_position = 0; // of the last entry applied that has one
    instant last_time;                  // decisions never go back behind it
    bool frozen = false;
    std::uint32_t lots_issued = 0;
    std::uint32_t codes_issued = 0;
    program_code home;                        // of the home municipality; none: undecided points stay where they are
    std::vector<lot> lots;                    // by program, expiry, time of issue, number; none is empty
    std::vector<std::uint64_t> codes_used;    // one bit per code's ordinal; of a card: retired or blocked
    std::vector<payment_state> holds;         // open ones, in the order of their decisions
    limits limit;                             // of all its payments
    std::vector<program_usage> used;          // of payments that were counted, by program
    std::vector<open_correction> corrections; // in the order of their proposals
    my_key_id my_key;                         // none: it has none at present
    std::uint32_t my_key_wishes = 0;          // that are left to change it

    [[nodiscard]] bool code_is_used(std::uint32_t ordinal) const noexcept;
    // The open hold decided by the wallet's entry of that number; null: there is none.
    [[nodiscard]] const payment_state* hold(std::uint64_t wanted) const noexcept;
    [[nodiscard]] payment_state* hold(std::uint64_t wanted) noexcept;
    // The correction proposed by the entry at that place; null: there is none, or it was decided.
    [[nodiscard]] const open_correction* correction_at(journal_position proposal) const noexcept;
    [[nodiscard]] const usage_windows* used_in(program_code wanted) const noexcept;
    // Whether all its lots together, holds included, can be so many more points.
    [[nodiscard]] bool has_room_for(points added) const noexcept;
    // What can be spent in the program on that day at a merchant of these categories: lots past their last day do not
    // count, even if not booked yet, nor do those earmarked for others.
    [[nodiscard]] points available(program_code program, jst_day today, const category_set& at = {}) const noexcept;
};

// Changes the wallet by an entry of its own chain. Contract: the entry's sequence is the next one, and what it takes is
// there (a broken one is a bug and aborts: nothing wrong may become durable).
void apply(wallet& state, const entry& applied);

// Lots whose last day has passed and that still have available points, as a fact to book before anything else.
[[nodiscard]] std::optional<points_expired> due(const wallet& state, instant now);

// The first moment at which something of the wallet falls due by itself: the end of a hold, of a lot's last day, or of
// the time to choose a program.
[[nodiscard]] std::optional<instant> next_due(const wallet& state) noexcept;

} // namespace meguri::ledger
