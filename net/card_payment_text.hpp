// What a My Number card signs when it pays: the payment itself, so that nothing but this payment can be made with the
// signature. Rebuilt by the switch from what it parsed, never taken from the message. Pure; any thread.
//
//   line  what             as
//   1     MEGURI-PAY-1     the form, and that it is a payment and no log-in
//   2     merchant         mer_...
//   3     terminal         ter_... or shop_...
//   4     program          six digits; empty where the request names none
//   5     amount           decimal, no leading zero
//   6     capture          true or false
//   7     idempotency key  as in the request: 1 to 64 visible ASCII characters
//   8     signed_at        RFC 3339 in UTC with milliseconds, as to_rfc3339() writes it
//
// Each line ends with one line feed, the last too. No part can have one, so that no two payments have one text.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/points.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meguri::net {

struct card_payment {
    std::string_view merchant;
    std::string_view outlet;
    std::optional<ledger::program_code> program;
    ledger::points amount;
    bool capture = true;
    std::string_view idempotency_key;
    ledger::instant signed_at;
};

// Contract: ids and key are visible ASCII.
[[nodiscard]] std::string text_to_sign(const card_payment& payment);

} // namespace meguri::net
