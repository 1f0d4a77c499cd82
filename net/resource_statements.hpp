// Statements by month of wallets and merchants, as JSON and as CSV.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// GET /v1/wallets/{id}/statements/{month}
[[nodiscard]] asked read_wallet_statement(call& from);
[[nodiscard]] past_question look_back_at_wallet_statement(const actors::operation& read, const storage::key_ring& keys);
// GET /v1/merchants/{id}/statements/{month}
[[nodiscard]] asked read_merchant_statement(call& from);
[[nodiscard]] past_question look_back_at_merchant_statement(const actors::operation& read,
                                                            const storage::key_ring& keys);
// A statement is never asked of the present alone.
[[nodiscard]] problem_or_none render_no_statement(rendering& to);

} // namespace meguri::net
