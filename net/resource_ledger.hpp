// What concerns the ledger as a whole: the trial balance.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// GET /v1/ledger/trial_balance
[[nodiscard]] problem_or_none get_trial_balance(call& from, http_response& answer);

} // namespace meguri::net
