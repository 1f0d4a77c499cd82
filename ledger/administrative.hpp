// Which acts are administrative: they change who takes part and what may be done, or put points right by hand. The
// audit log tells them. Grants, wallets and codes are daily business, many, and told with their wallet; payments with
// their merchant. Whatever is done with a resident at a support desk is an act of the attendant's.
#pragma once

#include "ledger/commands.hpp"

namespace meguri::ledger {

[[nodiscard]] bool is_administrative(const command& asked) noexcept;
[[nodiscard]] bool is_administrative(const fact& what) noexcept;
// By its fact, or by who was there: of an entry that is decided.
[[nodiscard]] bool is_administrative(const entry& one) noexcept;

} // namespace meguri::ledger
