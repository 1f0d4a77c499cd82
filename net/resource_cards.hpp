// The My Number cards that pay from a wallet: bound by operators and staff, known by their certificates. See
// routes.cpp.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/wallets/{id}/cards
[[nodiscard]] asked bind_card(call& from);
// POST /v1/cards/{id}/retire
// By its owner, who is logged in by the one before and shows the new one.
[[nodiscard]] asked renew_card(call& from);
[[nodiscard]] asked retire_card(call& from);

} // namespace meguri::net
