// GET /v1/unmatched_transfers, /v1/unmatched_transfers/{id}
// POST /v1/unmatched_transfers/{id}/assignment, /return, /approvals, /rejections
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

class query_parameters;

// The program whose bank account is meant, by the parameter `program`, if it is the caller's.
[[nodiscard]] tl::expected<ledger::program_code, problem> program_of_account(query_parameters& query, const call& from);

[[nodiscard]] asked read_transfers(call& from);
[[nodiscard]] problem_or_none render_transfers_read(rendering& to);
[[nodiscard]] problem_or_none get_transfer(call& from, http_response& answer);

[[nodiscard]] asked propose_assignment(call& from);
[[nodiscard]] asked propose_return(call& from);
[[nodiscard]] asked approve_transfer(call& from);
[[nodiscard]] asked reject_transfer(call& from);

} // namespace meguri::net
