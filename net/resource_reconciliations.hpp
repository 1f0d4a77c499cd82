// POST, GET /v1/partners/{id}/reconciliations
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] tl::expected<past_question, problem> reconcile(call& from);
[[nodiscard]] problem_or_none get_reconciliations(call& from, http_response& answer);

} // namespace meguri::net
