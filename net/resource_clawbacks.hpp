// POST, GET /v1/campaigns/{id}/clawbacks; POST /v1/campaigns/{id}/clawbacks/file
// POST /v1/clawbacks/{id}/approvals, /rejections; GET /v1/clawbacks/{id}, /report
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked propose_clawback_of_all(call& from);
[[nodiscard]] asked propose_clawback_of_file(call& from);
[[nodiscard]] asked approve_clawback(call& from);
[[nodiscard]] asked reject_clawback(call& from);
[[nodiscard]] asked read_clawbacks(call& from);
[[nodiscard]] problem_or_none render_clawbacks_read(rendering& to);
[[nodiscard]] asked read_clawback(call& from);
[[nodiscard]] problem_or_none render_clawback_read(rendering& to);
[[nodiscard]] asked read_clawback_report(call& from);
[[nodiscard]] problem_or_none render_clawback_report(rendering& to);

} // namespace meguri::net
