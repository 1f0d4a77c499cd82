// POST /v1/programs/{id}/purchase_settings
// POST /v1/purchases, GET /v1/purchases/{id}, POST /v1/purchases/{id}/cancellation
// GET /v1/wallets/{id}/purchases
// POST /v1/purchases/{id}/refund, /refund/approvals, /refund/rejections
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

class json_fields;

[[nodiscard]] asked set_purchase_terms(call& from);
[[nodiscard]] asked request_purchase(call& from);
[[nodiscard]] asked cancel_purchase(call& from);
[[nodiscard]] asked propose_refund(call& from);
[[nodiscard]] asked approve_refund(call& from);
[[nodiscard]] asked reject_refund(call& from);
[[nodiscard]] problem_or_none get_purchase(call& from, http_response& answer);
[[nodiscard]] problem_or_none list_purchases(call& from, http_response& answer);

// The purchase that an id names, as it was requested; neither staff of another municipality nor another resident learns
// that it exists.
[[nodiscard]] tl::expected<ledger::purchase, problem> purchase_named(const call& from, std::string_view id);
// Whose purchase or mandate a body wants: by the wallet's id or, as a resident knows it, by its MyKey ID, exactly one
// of the two. Residents may leave both out: it is theirs.
[[nodiscard]] ledger::wallet_id buyer_in(json_fields& body, const call& from);

} // namespace meguri::net
