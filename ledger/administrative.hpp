// Which acts are administrative: they change who takes part and what may be done, or put points right by hand. The
// audit log tells them. Grants, wallets and codes are daily business, many, and told with their wallet; payments with
// their merchant.
#pragma once

#include "ledger/commands.hpp"

namespace meguri::ledger {

[[nodiscard]] bool is_administrative(const command& asked) noexcept;
[[nodiscard]] bool is_administrative(const fact& what) noexcept;

} // namespace meguri::ledger
