// Authorizations: what terminals and shops ask. See routes.cpp for who may call what.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/authorizations
[[nodiscard]] asked authorize_payment(call& from);
// GET /v1/authorizations/{id}
[[nodiscard]] problem_or_none get_authorization(call& from, http_response& answer);
// GET /v1/authorizations?reference=
[[nodiscard]] problem_or_none find_authorizations(call& from, http_response& answer);

} // namespace meguri::net
