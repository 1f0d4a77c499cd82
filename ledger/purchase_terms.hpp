// On what terms a program sells points to residents: its own settings. A program without any sells none.
#pragma once

#include "ledger/account_debit.hpp"
#include "ledger/points.hpp"

#include <cstdint>
#include <optional>

namespace meguri::ledger {

inline constexpr std::int32_t days_to_pay_max = 90;
inline constexpr std::int32_t refund_days_max = 3'650;

struct purchase_terms {
    points minimum;               // of one purchase, 1 to points::command_max
    points maximum;               // not less
    points per_day;               // that one person may ask to buy on a Japanese day, cancelled purchases left out
    points per_month;             // and in a calendar month
    std::int32_t days_to_pay = 7; // 0 to days_to_pay_max: the day of the request + so many is the last to pay on
    // Points that were bought are not paid back (Payment Services Act, art. 20 (5)) but for the exceptions that a
    // program makes: what is unspent of a purchase, by two persons, up to so many days after it was credited. 0: none.
    std::int32_t refund_days = 0;           // to refund_days_max
    std::optional<debit_terms> debits = {}; // none: nothing is bought by account transfer
    bool cards = false;                     // whether points are bought by card
    friend bool operator==(const purchase_terms&, const purchase_terms&) = default;
};

} // namespace meguri::ledger
