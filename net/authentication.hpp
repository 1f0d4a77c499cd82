// From the Authorization header to the principal. The last header of a connection and what it opened are remembered
// with the connection, until any key changes its meaning or this one ends. One per io thread.
#pragma once

#include "actors/operation.hpp"
#include "net/http_types.hpp"
#include "net/ledger_view.hpp"
#include "net/problem.hpp"
#include "net/service_state.hpp"
#include "storage/key_ring.hpp"

#include <tl/expected.hpp>

namespace meguri::net {

class authentication {
public:
    authentication(const storage::key_ring& keys, ledger_view& ledger, const service_state& service) noexcept
        : keys_{keys},
          ledger_{ledger},
          service_{service} {}

    // Who asks; kept by the connection until its next request. Errors: unauthenticated, read_failed.
    [[nodiscard]] tl::expected<const actors::principal*, problem> principal_of(const http_request& request) const;

private:
    const storage::key_ring& keys_;
    ledger_view& ledger_;
    const service_state& service_;
};

// The key of `Bearer <key>` (RFC 6750), or nothing where the header is another or the key cannot be one of ours.
[[nodiscard]] std::string_view bearer_key_in(std::string_view authorization) noexcept;

} // namespace meguri::net
