// A renewed card where the one before is gone: whoever holds the new one and knows MyKey ID and password.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/card_recoveries
[[nodiscard]] tl::expected<slow_work, problem> recover_card(call& from);

} // namespace meguri::net
