// Passwords beside MyKey IDs: set by who showed the card, and tried where there is no card.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] tl::expected<slow_work, problem> set_password(call& from);
[[nodiscard]] tl::expected<slow_work, problem> log_in_by_password(call& from);
[[nodiscard]] problem_or_none render_checkout_session(rendering& to);

} // namespace meguri::net
