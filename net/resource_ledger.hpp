// What concerns the ledger as a whole: the trial balance.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// GET /v1/ledger/trial_balance[?at=]
[[nodiscard]] problem_or_none get_trial_balance(call& from, http_response& answer);
[[nodiscard]] tl::expected<past_question, problem> look_back_at_trial_balance(call& from);

} // namespace meguri::net
