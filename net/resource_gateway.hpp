// POST /v1/gateway/events: what the gateway tells by itself (webhook), signed.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked take_gateway_event(call& from);

} // namespace meguri::net
