// The table of all routes: the one place that says which method and path opens which resource, and to whom.
#pragma once

#include "net/resource.hpp"
#include "net/router.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

[[nodiscard]] std::span<const resource> all_resources() noexcept;

// What a key without scopes opens to a caller of that kind: whoever gives out such a key needs as much.
[[nodiscard]] ledger::scope_set scopes_open_to(ledger::caller_kind kind) noexcept;

// "POST"; "other" for what the API has no use for.
[[nodiscard]] std::string_view name_of(http_method method) noexcept;

// "POST /v1/authorizations"; "unrouted" for what is in no place of the table.
[[nodiscard]] std::string route_name(std::size_t place);

// Where a body may be as large as a bulk request's.
[[nodiscard]] std::vector<std::string> bulk_patterns();
// And those that take files.
[[nodiscard]] std::vector<std::string> file_patterns();

// For the router: a route's id is its resource's place in the table.
[[nodiscard]] std::vector<route> all_routes();

} // namespace meguri::net
