// A purchase of points by a resident: asked for, paid with certainty, credited once. Every entry carries the whole
// purchase as it stands after it, so the newest one alone answers. The program's actor decides, `meguri verify` checks.
//
//   awaiting_payment --(money is certain)--> paid
//                    --(by wish)-----------> cancelled
//                    --(the bank could not debit it, the gateway declined)--> refused
//   paid --(two persons, by the program's exception)--> refunded, as far as it is unspent
//        --(the card's owner disputes it)-------------> charged_back
//
// That its last day is over is not booked: money that comes later finds it so, and waits for a person. By account
// transfer (ledger/account_debit.hpp) the last day is the debit day, and from the order of its debits on what the bank
// says of it is the end.
#pragma once

#include "ledger/account_debit.hpp"
#include "ledger/bank_transfer.hpp"
#include "ledger/calendar.hpp"
#include "ledger/card_purchase.hpp"
#include "ledger/ids.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/points.hpp"
#include "ledger/purchase_reference.hpp"
#include "ledger/purchase_terms.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace meguri::ledger {

struct entry;

// How it is paid. Numbers are stored: never change them.
enum class purchase_method : std::uint8_t { counter = 1, account_transfer = 2, card = 3 };

// Numbers are stored: never change them.
enum class purchase_status : std::uint8_t {
    awaiting_payment = 1,
    paid = 2,
    cancelled = 3,
    refunded = 4,
    refused = 5,
    charged_back = 6
};

// How what was bought goes back, from the proposal on.
struct purchase_refund {
    std::uint32_t lot = 0; // of the wallet, which the purchase was credited as
    jst_day paid_on;
    person_ref maker; // who proposed it; none: it was rejected
    std::string reason;
    points amount; // that went back
    friend bool operator==(const purchase_refund&, const purchase_refund&) = default;
};

struct purchase {
    journal_position position = 0; // of its request; 0 within that entry
    purchase_reference reference;
    program_code program;
    wallet_id wallet;
    points amount; // yen to pay, points to get
    purchase_method method = purchase_method::counter;
    instant requested_at;
    jst_day last_day; // on which it may be paid
    purchase_status status = purchase_status::awaiting_payment;
    points credited; // what was paid; may differ from the amount where two persons assigned it
    std::optional<purchase_refund> refund = {};
    std::optional<purchase_debit> debit = {}; // by account transfer alone
    std::optional<purchase_card> card = {};   // by card alone
    friend bool operator==(const purchase&, const purchase&) = default;
};
using purchase_ptr = std::shared_ptr<const purchase>;

// What a person has asked to buy of a program, in the Japanese day and month of the newest request.
struct purchase_usage {
    jst_day day; // also says which month
    points on_day;
    points in_month;
    friend bool operator==(const purchase_usage&, const purchase_usage&) = default;
};

// As seen on that day: what belongs to earlier ones is left out.
[[nodiscard]] purchase_usage usage_on(const purchase_usage& newest, jst_day today);

// Numbers are stored: never change them.
enum class purchase_step : std::uint8_t {
    request = 1,
    cancellation = 2,
    refund_proposal = 3,
    refund_rejection = 4, // the approval is a fact of its own
    debit_refusal = 5,    // by the bank; that it debited the account is a fact of its own
    card_pending = 6,     // the gateway has it
    card_refusal = 7,     // declined, or given up; that it was captured is a fact of its own
    card_refund_owed = 8, // captured, and not to be credited any more
    card_refunded = 9,
};
// Steps of a refund change nothing of what a person asked to buy.
[[nodiscard]] constexpr bool changes_usage(purchase_step step) noexcept {
    return step == purchase_step::request || step == purchase_step::cancellation ||
           step == purchase_step::debit_refusal || step == purchase_step::card_refusal;
}

// What a person of the program does about it, beside asking for it and giving it up.
[[nodiscard]] constexpr bool is_by_staff(purchase_step step) noexcept {
    return step == purchase_step::refund_proposal || step == purchase_step::refund_rejection ||
           step == purchase_step::debit_refusal;
}

// As shown: `expired` where nobody paid in time, `ordered` where the bank has been asked to debit it.
[[nodiscard]] std::string_view status_name(const purchase& one, jst_day today, bool is_ordered) noexcept;
[[nodiscard]] std::string_view name_of(purchase_method method) noexcept;

// What the entry says of its purchase and its transfer, their positions filled in; nullopt: it is about none.
[[nodiscard]] std::optional<purchase> purchase_in(const entry& one);
[[nodiscard]] std::optional<bank_transfer> transfer_in(const entry& one);

// The mandate that the entry is about, likewise.
[[nodiscard]] std::optional<debit_mandate> mandate_in(const entry& one);

// Why the line cannot pay by itself; none: it pays `meant`, which its reference names (null: nothing of that program).
[[nodiscard]] transfer_mismatch mismatch_of(const transfer_line& line, const reference_reading& reference,
                                            const purchase* meant) noexcept;

// For those who check decisions: what stood before the entry, which is about a purchase or a transfer.
struct purchase_before {
    const purchase* bought = nullptr;        // null: the entry begins it, or has none
    purchase_usage usage;                    // of the wallet and the program
    const purchase_terms* terms = nullptr;   // of the program
    const bank_transfer* transfer = nullptr; // null: the entry takes its line
    const debit_mandate* mandate = nullptr;  // the person's newest of the program
    bool is_day_ordered = false;             // the debits of the purchase's day, or of the order's
    bool is_ordered = false;                 // the purchase with them
};
// Whether the entry may follow: requested within the terms, credited once for money that came, two different persons
// where persons choose.
[[nodiscard]] bool follows(const purchase_before& before, const entry& one);

} // namespace meguri::ledger
