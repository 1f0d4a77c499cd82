// Authorizations: what terminals and shops ask. See routes.cpp for who may call what.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/authorizations
[[nodiscard]] asked authorize_payment(call& from);
// POST /v1/authorizations/bulk: a line of it, with an idempotency_key among its members
[[nodiscard]] asked authorize_line(call& from, std::string_view line, std::string& key);
// GET /v1/authorizations/{id}
[[nodiscard]] asked read_authorization(call& from);
[[nodiscard]] problem_or_none render_authorization_read(rendering& to);
// GET /v1/authorizations?reference=
[[nodiscard]] problem_or_none find_authorizations(call& from, http_response& answer);

// POST /v1/authorizations/{id}/captures, .../voids, .../refunds
[[nodiscard]] asked capture_authorization(call& from);
[[nodiscard]] asked void_authorization(call& from);
[[nodiscard]] asked refund_authorization(call& from);
// POST /v1/reversals
[[nodiscard]] asked reverse_attempt(call& from);

} // namespace meguri::net
