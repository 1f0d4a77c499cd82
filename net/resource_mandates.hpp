// GET /v1/wallets/{id}/mandates
// POST /v1/mandates, GET /v1/mandates/{id}, POST /v1/mandates/{id}/confirmation, /refusal, /end
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked request_mandate(call& from);
[[nodiscard]] problem_or_none get_mandate(call& from, http_response& answer);
[[nodiscard]] problem_or_none list_mandates(call& from, http_response& answer);
template <ledger::mandate_status To>
[[nodiscard]] asked change_mandate(call& from);

} // namespace meguri::net
