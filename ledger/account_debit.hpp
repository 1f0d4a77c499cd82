// Account transfer (口座振替): a resident's mandate to debit their bank account, the day on which the program has its
// debits made, and what the bank says became of each.
//
//   mandate:  requested --(the bank has registered it)--> confirmed --(by word)--> ended
//                       --(it has not)------------------> refused
//
// Requests to buy are for the program's next debit day. An order of debits closes that day: what was asked for before
// it, not given up and under a mandate that had not ended is what the bank is asked to debit, for ever. So the order is
// one entry however many debits there are, and its file can be written again at any time, of the same bytes.
#pragma once

#include "ledger/bank_account.hpp"
#include "ledger/calendar.hpp"
#include "ledger/ids.hpp"
#include "ledger/local_gov_code.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class mandate_status : std::uint8_t { requested = 1, confirmed = 2, refused = 3, ended = 4 };

struct debit_mandate {
    journal_position position = 0; // of its request; 0 within that entry
    program_code program;
    wallet_id wallet;
    bank_account account; // never changes: another account is another mandate
    mandate_status status = mandate_status::requested;
    friend bool operator==(const debit_mandate&, const debit_mandate&) = default;
};
using debit_mandate_ptr = std::shared_ptr<const debit_mandate>;

// Whether there can be no other of the same person and program.
[[nodiscard]] constexpr bool is_open(mandate_status status) noexcept {
    return status == mandate_status::requested || status == mandate_status::confirmed;
}
[[nodiscard]] constexpr bool may_become(mandate_status from, mandate_status to) noexcept {
    if (from == mandate_status::requested) return to != mandate_status::requested;
    return from == mandate_status::confirmed && to == mandate_status::ended;
}

// The bank's result codes (振替結果コード) as they stand in its file, and stored: never change them.
enum class debit_result : std::uint8_t {
    debited = 0,
    insufficient_funds = 1,
    no_account = 2,
    stopped_by_depositor = 3,
    no_mandate = 4,
    stopped_by_consignor = 8,
    other = 9,
    none = 10, // the bank has said nothing yet
};

// What a purchase that is paid so has besides.
struct purchase_debit {
    journal_position mandate = 0; // of its request
    debit_result result = debit_result::none;
    friend bool operator==(const purchase_debit&, const purchase_debit&) = default;
};

inline constexpr std::int32_t debit_lead_days_max = 30;
inline constexpr std::uint64_t consignor_max = 9'999'999'999; // ten digits

// How a program has its debits made.
struct debit_terms {
    std::uint64_t consignor = 0; // 委託者コード, which the bank gave it: 1 to consignor_max
    std::int32_t day = 27;       // of each month, 1 to 31; the last one where the month has no such day
    std::int32_t lead_days = 7;  // 0 to debit_lead_days_max: what is asked for later is debited a month later
    friend bool operator==(const debit_terms&, const debit_terms&) = default;
};

// The first debit day that is not before that one. A day on which banks are closed stays: they then take the next one.
[[nodiscard]] jst_day debit_day_from(const debit_terms& terms, jst_day first);
// For what is asked for today, where `is_closed` says of a day that its debits were ordered.
template <class IsClosed>
[[nodiscard]] jst_day next_debit_day(const debit_terms& terms, jst_day today, IsClosed is_closed) {
    auto day = debit_day_from(terms, today.plus_days(terms.lead_days));
    while (is_closed(day)) day = debit_day_from(terms, day.plus_days(1));
    return day;
}

// An order of debits, once for a program and a day.
struct debit_order {
    program_code program;
    jst_day day;
    std::uint64_t consignor = 0;
    bank_account account; // the municipality's, to which the bank pays what it debits
    friend bool operator==(const debit_order&, const debit_order&) = default;
};
using debit_order_ptr = std::shared_ptr<const debit_order>;

[[nodiscard]] std::string_view name_of(mandate_status status) noexcept;
[[nodiscard]] std::string_view name_of(debit_result result) noexcept; // empty: none
// nullopt for a code that banks do not use.
[[nodiscard]] std::optional<debit_result> debit_result_of(std::uint64_t code) noexcept;

// Whether banks make debits of such accounts.
[[nodiscard]] constexpr bool can_be_debited(account_type type) noexcept { return type != account_type::savings; }

} // namespace meguri::ledger
