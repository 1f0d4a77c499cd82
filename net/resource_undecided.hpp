// Undecided points: a partner's points come in, the home municipality is chosen, and a program for the points.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/conversions
[[nodiscard]] asked credit_undecided(call& from);
// POST /v1/wallets/{id}/home_municipality
[[nodiscard]] asked choose_home(call& from);
// POST /v1/wallets/{id}/transfers
[[nodiscard]] asked transfer_undecided(call& from);

} // namespace meguri::net
