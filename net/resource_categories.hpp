// What a merchant sells, by which earmarked points are good there.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/merchants/{id}/categories: the whole set; empty: none
[[nodiscard]] asked set_categories(call& from);

// GET /v1/merchants/{id}/categories
[[nodiscard]] asked read_merchant_categories(call& from);
[[nodiscard]] problem_or_none render_merchant_categories(rendering& to);

} // namespace meguri::net
