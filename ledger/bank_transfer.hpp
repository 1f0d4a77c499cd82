// Money that came into a program's bank account, as one line of the bank's statement tells it, and what became of it:
// it paid a purchase, or waits in the queue of the unmatched until two persons have said what it is.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/ids.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/person.hpp"
#include "ledger/points.hpp"
#include "ledger/purchase_reference.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace meguri::ledger {

// A line is known by its program's account, its day and the bank's own number, for ever (domain rule 13).
struct transfer_line {
    static constexpr std::size_t remitter_max = 48;  // characters
    static constexpr std::size_t reference_max = 20; // as printed
    static constexpr std::size_t number_max = 20;

    jst_day day;           // on which the bank booked it
    points amount;         // yen, 1 to points::command_max
    std::string remitter;  // in half-width kana; may be empty
    std::string reference; // may be empty
    std::string number;    // the bank's own, within the day
    friend bool operator==(const transfer_line&, const transfer_line&) = default;
};

// Numbers are stored: never change them.
enum class transfer_status : std::uint8_t {
    matched = 1,   // paid its purchase on arrival
    unmatched = 2, // waits for a person
    assignment_proposed = 3,
    return_proposed = 4,
    assigned = 5,  // paid a purchase that two persons chose
    to_return = 6, // goes back to its remitter
};

// Why it paid nothing by itself, the first that holds. Numbers are stored: never change them.
enum class transfer_mismatch : std::uint8_t {
    none = 0,
    reference_missing = 1,
    reference_invalid = 2, // its check digits are wrong
    reference_unknown = 3, // no purchase of this program
    already_paid = 4,
    cancelled = 5,
    late = 6, // the purchase's last day was over
    amount_differs = 7,
    not_creditable = 8, // the wallet cannot take that much more
    other_method = 9,   // the purchase is paid by account transfer
};

[[nodiscard]] std::string_view name_of(transfer_status status) noexcept;
[[nodiscard]] std::string_view name_of(transfer_mismatch why) noexcept;

struct bank_transfer {
    program_code program;
    journal_position position = 0; // of the entry that took the line; 0 within that entry
    transfer_line line;
    transfer_status status = transfer_status::unmatched;
    transfer_mismatch why = transfer_mismatch::none;
    purchase_reference purchase; // that it paid, or is proposed to pay
    person_ref maker;            // of what is proposed, or was
    std::string reason;          // of the newest step of a person; may be empty
    friend bool operator==(const bank_transfer&, const bank_transfer&) = default;
};
using bank_transfer_ptr = std::shared_ptr<const bank_transfer>;

// Whether it still waits for a person.
[[nodiscard]] constexpr bool is_open(transfer_status status) noexcept {
    return status == transfer_status::unmatched || status == transfer_status::assignment_proposed ||
           status == transfer_status::return_proposed;
}

// Numbers are stored: never change them.
enum class transfer_step : std::uint8_t {
    arrival = 1, // of one that paid nothing
    assignment_proposal = 2,
    return_proposal = 3,
    rejection = 4,
    return_approval = 5, // of an assignment the approval is the purchase's payment
};

} // namespace meguri::ledger
