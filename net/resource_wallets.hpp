// Wallets: opening them, their codes, grants of points to them, and what stands in them.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/wallets
[[nodiscard]] asked open_wallet(call& from);
// POST /v1/wallets/{id}/codes
[[nodiscard]] asked issue_code(call& from);
// A printed code that is to pay no more; `reissue`: another one is printed at once.
[[nodiscard]] asked block_code(call& from, bool reissue);
template <bool reissue>
[[nodiscard]] asked block_code(call& from) {
    return block_code(from, reissue);
}
// POST /v1/grants
[[nodiscard]] asked grant_points(call& from);

// GET /v1/wallets/{id}/balances[?at=]
[[nodiscard]] asked read_wallet_balances(call& from);
[[nodiscard]] problem_or_none render_wallet_balances(rendering& to);
[[nodiscard]] past_question look_back_at_wallet_balances(const actors::operation& read, const storage::key_ring& keys);
// For whatever shows a wallet and takes no parameters.
[[nodiscard]] asked read_wallet_as_it_stands(call& from);
// GET /v1/wallets/{id}/expiry_notices
[[nodiscard]] problem_or_none render_expiry_notices(rendering& to);
// GET /v1/wallets/{id}/entries
[[nodiscard]] asked read_wallet_entries(call& from);
[[nodiscard]] problem_or_none render_wallet_entries(rendering& to);

} // namespace meguri::net
