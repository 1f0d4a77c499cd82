// What an entry is called in lists and statements.
#pragma once

#include "ledger/entry.hpp"

#include <string_view>

namespace meguri::net {

// Contract: the entry stands in a wallet's or a merchant's chain and is told there.
[[nodiscard]] std::string_view type_of(const ledger::fact& what);

} // namespace meguri::net
