// What makes two requests with one idempotency key the same request: the command with its defaults filled in, as bytes
// in one canonical form. The command's own number stands for method and path; what the path names is part of it.
#pragma once

#include "ledger/commands.hpp"
#include "ledger/digest.hpp"

namespace meguri::net {

// BLAKE2b, 128 bits. Stored in the journal with the key: what it covers of an existing command never changes.
[[nodiscard]] ledger::digest128 fingerprint_of(const ledger::command& asked);

} // namespace meguri::net
