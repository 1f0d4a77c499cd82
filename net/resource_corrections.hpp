// Corrections: one person proposes that points be credited or taken, another one approves it or not.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/corrections
[[nodiscard]] asked propose_correction(call& from);
// POST /v1/corrections/{id}/approvals
[[nodiscard]] asked approve_correction(call& from);
// POST /v1/corrections/{id}/rejections
[[nodiscard]] asked reject_correction(call& from);
// GET /v1/wallets/{id}/corrections
[[nodiscard]] problem_or_none render_corrections_read(rendering& to);

} // namespace meguri::net
