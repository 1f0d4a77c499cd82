// What is unspent of a campaign's grants is taken back: the campaign ended, or somebody was not eligible. Proposed by
// one person, for the whole campaign or for the wallets and occasions of a file, approved by another; then row by row,
// each once, also after a crash.
//
//   recipients_listed *    the grants that are meant, some hundred an entry: nothing before a proposal names them
//   clawback_changed       proposed, then approved or rejected
//   points_clawed_back *   what one lot had left: it leaves the wallet, and the budget has it again
//   clawback_rows_ended *  rows of which nothing was left, each with its reason
//
// Points under a hold are not touched. What a void or a refund gives back later comes back to its lot and stays there:
// another claw-back takes it.
#pragma once

#include "ledger/ids.hpp"
#include "ledger/payment.hpp"
#include "ledger/person.hpp"
#include "ledger/recipients.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class clawback_step : std::uint8_t {
    proposal = 1,
    approval = 2,
    rejection = 3,
    rows_ended = 4, // of an approved one: of these rows nothing was left
};
enum class clawback_status : std::uint8_t { proposed = 1, approved = 2, rejected = 3 };
[[nodiscard]] std::string_view name_of(clawback_status status) noexcept;

inline constexpr std::size_t clawbacks_max = 100; // of one campaign

// As it stands, named by its proposal.
struct campaign_clawback {
    journal_position position = 0;
    bool is_of_all = false; // the campaign's grants so far; else those of a file
    std::uint32_t rows = 0;
    person_ref maker;
    clawback_status status = clawback_status::proposed;
    std::uint32_t taken = 0;         // rows of which something was left
    std::uint32_t ended = 0;         // and of which nothing was
    points sum;                      // taken back so far
    journal_position last_ended = 0; // the newest entry that ended rows; 0: none
    friend bool operator==(const campaign_clawback&, const campaign_clawback&) = default;

    [[nodiscard]] bool is_finished() const noexcept {
        return status == clawback_status::rejected || (status == clawback_status::approved && taken + ended == rows);
    }
};

struct clawback_changed {
    program_code program;
    journal_position campaign = 0; // of its proposal
    clawback_step step = clawback_step::proposal;
    journal_position clawback = 0;       // of its proposal; 0: this is it
    bool is_of_all = false;              // of a proposal
    std::uint32_t rows = 0;              // of a proposal: at least one
    std::vector<journal_position> lists; // of a proposal: its recipients_listed, in their order
    person_ref maker;
    journal_position previous = 0;   // of rows that ended: the entry of this kind before this one
    std::vector<left_out_row> ended; // of that step, in their order
    std::string reason;
};
// One lot's rest, from the wallet.
struct points_clawed_back {
    wallet_id wallet;
    journal_position campaign = 0;
    journal_position clawback = 0;
    std::uint32_t row = 0; // within its lists
    lot_use lot;           // what is taken of it
};

} // namespace meguri::ledger
