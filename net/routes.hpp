// The table of all routes: the one place that says which method and path opens which resource, and to whom.
#pragma once

#include "net/resource.hpp"
#include "net/router.hpp"

#include <span>
#include <vector>

namespace meguri::net {

[[nodiscard]] std::span<const resource> all_resources() noexcept;

// For the router: a route's id is its resource's place in the table.
[[nodiscard]] std::vector<route> all_routes();

} // namespace meguri::net
