// The bank accounts of merchants and municipalities: changed by two persons, from a day on, and never forgotten.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked propose_merchant_account(call& from);
[[nodiscard]] asked propose_municipality_account(call& from);
[[nodiscard]] asked approve_account(call& from);
[[nodiscard]] asked refuse_account(call& from);
[[nodiscard]] asked read_merchant_accounts(call& from);
[[nodiscard]] problem_or_none render_merchant_accounts(rendering& to);
[[nodiscard]] problem_or_none get_municipality_accounts(call& from, http_response& answer);

// The account to which the holder's money goes on that day; nullopt: none was ever approved. Errors: read_failed.
[[nodiscard]] tl::expected<std::optional<ledger::bank_account>, problem>
account_in_force(ledger_view& from, const storage::key_ring& keys, const ledger::account_holder& holder,
                 ledger::jst_day on);

} // namespace meguri::net
