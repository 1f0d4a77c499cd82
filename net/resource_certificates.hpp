// Which client certificates a terminal needs beside its key (RFC 8705, 3: a token bound to a certificate).
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

// POST /v1/terminals/{id}/certificates: the whole set; none: it needs no certificate
[[nodiscard]] asked set_certificates(call& from);

// GET /v1/terminals/{id}/certificates
[[nodiscard]] asked read_certificates(call& from);
[[nodiscard]] problem_or_none render_certificates(rendering& to);

} // namespace meguri::net
