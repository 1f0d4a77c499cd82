// The My Number cards that pay from a wallet: bound by operators and staff, known by their certificates. See
// routes.cpp.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/wallets/{id}/cards
[[nodiscard]] asked bind_card(call& from);
// POST /v1/cards/{id}/retire
[[nodiscard]] asked retire_card(call& from);

} // namespace meguri::net
