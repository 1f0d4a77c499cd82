// Who asks, and who holds keys.
#pragma once

#include <compare>
#include <cstdint>

namespace meguri::ledger {

// Whose idempotency keys these are: the scope is the terminal, shop, municipality, partner or operator.
enum class caller_kind : std::uint8_t {
    none = 0,
    operator_ = 1,
    municipality = 2,
    partner = 3,
    terminal = 4,
    shop = 5,
    resident = 6,  // who logged in: by the wallet
    activation = 7 // a code that activates a terminal, by the place of its issue: nobody else is known yet
};

// Somebody who holds a key: an operator or a member of a municipality's staff.
struct person_ref {
    caller_kind kind = caller_kind::none;
    std::uint64_t id = 0;
    friend auto operator<=>(const person_ref&, const person_ref&) noexcept = default;
};

} // namespace meguri::ledger
