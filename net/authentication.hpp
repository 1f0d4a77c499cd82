// From the Authorization header to the principal. The last header of a connection and what it opened are remembered
// with the connection, until any key changes its meaning or this one ends. Failures are limited per network. One per io
// thread.
//
// Beyond the limit every failure is answered too_many_failures. The key of a connection that gave nothing but wrong
// ones is then not even looked at; on any other it still is: a shop's tills share one address, and one of them with an
// old key must not lock the others out. Guessing on a new connection for each key costs the guesser a handshake each,
// and keys have 128 random bits: the limit spares the processor and the log, the secret needs no sparing.
//
// A terminal's key may be bound to client certificates (RFC 8705, 3): it then opens only a connection that showed one
// of them. What is remembered ends with the certificate's last day, with every change of a binding and with every
// reload.
//
// A resident's bearer is the token of a session. It is never remembered with the connection: each request counts as a
// use of the session, and one that was revoked ends with the next request, wherever that comes.
#pragma once

#include "actors/operation.hpp"
#include "metrics/counter.hpp"
#include "net/failure_limit.hpp"
#include "net/http_types.hpp"
#include "net/ledger_view.hpp"
#include "net/problem.hpp"
#include "net/resident_sessions.hpp"
#include "net/service_state.hpp"
#include "storage/key_ring.hpp"

#include <tl/expected.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meguri::net {

enum class authentication_failure : std::uint8_t {
    missing,       // no bearer key, or what cannot be one of ours
    unknown,       // nobody's key
    not_looked_up, // beyond the limit
    certificate_required,
    certificate_mismatch,
};
inline constexpr std::array<std::string_view, 5> authentication_failure_names{
    "missing", "unknown", "not_looked_up", "certificate_required", "certificate_mismatch"};

class authentication {
public:
    authentication(const storage::key_ring& keys, ledger_view& ledger, const service_state& service,
                   resident_sessions& sessions, const failure_limit_settings& limit)
        : keys_{keys},
          ledger_{ledger},
          service_{service},
          sessions_{sessions},
          limit_{limit} {}

    // Who asks; kept by the connection until its next request. Errors: unauthenticated, certificate_required,
    // certificate_mismatch, too_many_failures, read_failed.
    [[nodiscard]] tl::expected<const actors::principal*, problem> principal_of(const http_request& request);

    // Of failures, from now on.
    void set_limit(const failure_limit_settings& with) noexcept { limit_.set(with); }

    // Any thread.
    [[nodiscard]] std::uint64_t failures(authentication_failure why) const noexcept {
        return failures_.at(static_cast<std::size_t>(why)).value();
    }

private:
    [[nodiscard]] tl::expected<const actors::principal*, problem> resident_of(const http_request& request,
                                                                              std::string_view token);
    // Until when this connection's certificate admits the terminal; Unix milliseconds.
    [[nodiscard]] tl::expected<std::int64_t, problem> admitted_until(const http_request& request,
                                                                     const actors::principal& who);
    [[nodiscard]] problem failed(const http_request& request, authentication_failure why, problem_code code);

    const storage::key_ring& keys_;
    ledger_view& ledger_;
    const service_state& service_;
    resident_sessions& sessions_;
    failure_limit limit_;
    std::array<metrics::counter, authentication_failure_names.size()> failures_;
};

// The key of `Bearer <key>` (RFC 6750), or nothing where the header is another or the key cannot be one of ours.
[[nodiscard]] std::string_view bearer_key_in(std::string_view authorization) noexcept;

} // namespace meguri::net
