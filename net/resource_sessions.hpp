// Challenges, log-in by My Number card, and a resident's own sessions.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] problem_or_none open_challenge(call& from, http_response& answer);
// Whose card it is; the answer opens the session.
[[nodiscard]] asked log_in_by_card(call& from);
[[nodiscard]] problem_or_none render_session(rendering& to);
// The same at a support desk, where a member of a municipality's staff acts with the resident.
[[nodiscard]] asked log_in_at_desk(call& from);
[[nodiscard]] problem_or_none render_support_session(rendering& to);
[[nodiscard]] problem_or_none list_sessions(call& from, http_response& answer);
[[nodiscard]] problem_or_none revoke_session(call& from, http_response& answer);
[[nodiscard]] problem_or_none revoke_all_sessions(call& from, http_response& answer);

} // namespace meguri::net
