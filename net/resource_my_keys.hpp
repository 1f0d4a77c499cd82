// MyKey IDs: issued to a wallet, changed by wish, revoked, and whose one is.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/wallets/{id}/mykey_id
[[nodiscard]] asked issue_my_key(call& from);
// POST /v1/wallets/{id}/mykey_id/revoke
[[nodiscard]] asked revoke_my_key(call& from);
// GET /v1/wallets/{id}/mykey_id, after read_wallet_as_it_stands
[[nodiscard]] problem_or_none render_my_key(rendering& to);
// GET /v1/mykey_ids/{mykey_id}
[[nodiscard]] problem_or_none get_my_key_owner(call& from, http_response& answer);

} // namespace meguri::net
