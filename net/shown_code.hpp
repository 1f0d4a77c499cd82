// The text of a code that an entry gave out, derived again from the entry.
#pragma once

#include "ledger/entry.hpp"
#include "storage/key_ring.hpp"
#include "storage/secret.hpp"

#include <string>

namespace meguri::net {

// Contract: the entry issued or reissued a code.
[[nodiscard]] storage::secret<std::string> shown_code(const ledger::entry& one, const storage::key_ring& keys);

} // namespace meguri::net
