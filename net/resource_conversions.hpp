// POST, GET /v1/partners/{id}/conversion_terms, GET /v1/conversion_terms
// POST /v1/partners/{id}/conversion_terms/{number}/approvals, /rejections
// POST, GET /v1/conversions, GET /v1/conversions/{id}
// POST, GET /v1/coupons, GET /v1/coupons/{id}
// POST /v1/coupons/{id}/blocks, /v1/coupons/redemptions
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] asked propose_conversion_terms(call& from);
[[nodiscard]] asked approve_conversion_terms(call& from);
[[nodiscard]] asked reject_conversion_terms(call& from);
[[nodiscard]] asked read_conversion_terms(call& from);
[[nodiscard]] asked read_own_conversion_terms(call& from);
[[nodiscard]] problem_or_none render_conversion_terms(rendering& to);

// Of a partner by its terms; of an operator by hand (net/resource_undecided.hpp).
[[nodiscard]] asked convert_points(call& from);
[[nodiscard]] problem_or_none get_conversion(call& from, http_response& answer);
[[nodiscard]] problem_or_none find_conversion(call& from, http_response& answer);

[[nodiscard]] asked issue_coupon(call& from);
[[nodiscard]] asked block_coupon(call& from);
[[nodiscard]] asked redeem_coupon(call& from);
[[nodiscard]] problem_or_none get_coupons(call& from, http_response& answer);
[[nodiscard]] problem_or_none get_coupon(call& from, http_response& answer);

} // namespace meguri::net
