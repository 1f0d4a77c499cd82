// POST /v1/campaigns/{id}/eligibility, /approvals, /rejections; GET /v1/campaigns/{id}/eligibility_key
// POST /v1/campaigns/{id}/applications
// POST, GET /v1/campaigns/{id}/events; POST /v1/events/{id}/closing; GET /v1/events/{id}/code
// POST /v1/event_redemptions
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked accept_eligibility(call& from);
[[nodiscard]] asked approve_eligibility(call& from);
[[nodiscard]] asked reject_eligibility(call& from);
[[nodiscard]] problem_or_none get_eligibility_key(call& from, http_response& answer);
[[nodiscard]] asked apply_for_benefit(call& from);

[[nodiscard]] asked open_event(call& from);
[[nodiscard]] asked close_event(call& from);
[[nodiscard]] asked read_events(call& from);
[[nodiscard]] problem_or_none render_events_read(rendering& to);
[[nodiscard]] problem_or_none get_event_code(call& from, http_response& answer);
[[nodiscard]] asked redeem_event(call& from);

} // namespace meguri::net
