// Applications: a municipality or a merchant wants to join, one person enters it and another one decides.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked submit_municipality(call& from);
[[nodiscard]] asked submit_merchant(call& from);
[[nodiscard]] asked approve_application(call& from);
[[nodiscard]] asked refuse_application(call& from);
[[nodiscard]] problem_or_none get_application(call& from, http_response& answer);
[[nodiscard]] problem_or_none get_applications(call& from, http_response& answer);

} // namespace meguri::net
