// POST /v1/wallets/{id}/link_requests
// POST, GET /v1/wallets/{id}/links
// POST /v1/links/{id}/revoke
// POST, GET /v1/wallets/{id}/linked_conversions
// GET /v1/linked_conversions/{id}
//
// A resident begins a link, is sent to the partner, consents there and comes back to a page of the site, which hands in
// what the partner gave (RFC 6749, 4.1.2). That is a POST with the session's key and no callback of our own: a browser
// that comes back shows no key, and without one nobody knows whose consent it was.
#pragma once

#include "net/outside_work.hpp"
#include "net/resource.hpp"

namespace meguri::net {

[[nodiscard]] problem_or_none begin_link(call& from, http_response& answer);
[[nodiscard]] outside_work finish_link(call& from);
[[nodiscard]] problem_or_none list_links(call& from, http_response& answer);
[[nodiscard]] asked end_link(call& from);
[[nodiscard]] asked convert_linked(call& from);
[[nodiscard]] problem_or_none get_linked_conversion(call& from, http_response& answer);
[[nodiscard]] problem_or_none list_linked_conversions(call& from, http_response& answer);

} // namespace meguri::net
