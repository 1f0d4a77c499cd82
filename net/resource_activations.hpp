// Activation codes: an office gives one out, a person types it at a new till, and the till gets its key.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked issue_activation(call& from);
[[nodiscard]] asked revoke_activation(call& from);
[[nodiscard]] asked read_activations(call& from);
[[nodiscard]] problem_or_none render_activations(rendering& to);

// Without a key: the code says whose it is and asks in its own name, so that its idempotency keys are its own. Wrong
// ones are limited per network.
[[nodiscard]] asked activate_terminal(call& from);

} // namespace meguri::net
