// The audit log: every administrative act, who did it, when, with which key and in which request.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// GET /v1/audit[?limit=&after=], newest first
[[nodiscard]] problem_or_none get_audit(call& from, http_response& answer);

} // namespace meguri::net
