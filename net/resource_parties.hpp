// Who takes part: programs, merchants with their terminals and shops, and the people and partners who hold keys.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/programs
[[nodiscard]] asked open_program(call& from);
// POST /v1/merchants
[[nodiscard]] asked join_merchant(call& from);
// POST /v1/merchants/{id}/terminals, /v1/merchants/{id}/shops
[[nodiscard]] asked add_terminal(call& from);
[[nodiscard]] asked add_shop(call& from);
// POST /v1/municipalities/{code}/staff
[[nodiscard]] asked add_staff(call& from);
// POST /v1/partners, /v1/operators
[[nodiscard]] asked add_partner(call& from);
[[nodiscard]] asked add_operator(call& from);

// GET /v1/merchants/{id}/balances[?at=]
[[nodiscard]] asked read_merchant_balances(call& from);
[[nodiscard]] problem_or_none render_merchant_balances(rendering& to);
[[nodiscard]] past_question look_back_at_merchant_balances(const actors::operation& read,
                                                           const storage::key_ring& keys);

} // namespace meguri::net
