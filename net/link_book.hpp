// Links that residents have begun and partners have not answered yet: each by a random state that is good once, for ten
// minutes, and in the session that began it alone. So nobody can have somebody else's consent lead to their own wallet
// (RFC 6749, 10.12). In memory alone: after a restart the session is gone, too.
#pragma once

#include "ledger/ids.hpp"
#include "storage/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace meguri::net {

inline constexpr std::int64_t link_request_valid_ms = 10 * 60'000LL;
inline constexpr std::size_t link_requests_max = 10'000;

struct link_request {
    std::uint64_t session = 0;
    ledger::wallet_id wallet;
    ledger::partner_id partner;
    std::string verifier; // of PKCE: what the partner knows is its digest
};

class link_book {
public:
    struct opened {
        std::string state;     // li_ and 32 characters of base64url: 192 random bits
        std::string challenge; // of PKCE, S256 (RFC 7636, 4.2)
        std::int64_t ends_at_ms = 0;
    };

    // Any thread; wall clock, Unix milliseconds. nullopt: too many were begun in the last ten minutes.
    [[nodiscard]] std::optional<opened> open(std::uint64_t session, ledger::wallet_id wallet,
                                             ledger::partner_id partner, std::int64_t now_ms);
    // It is not open any more, whatever the answer. nullopt: it was not, or in another session.
    [[nodiscard]] std::optional<link_request> take(std::string_view state, std::uint64_t session,
                                                   ledger::wallet_id wallet, std::int64_t now_ms);

private:
    struct given {
        std::string state;
        std::int64_t ends_at_ms;
    };
    struct kept {
        link_request what;
        std::int64_t ends_at_ms;
    };

    std::mutex mutex_;
    std::unordered_map<std::string, kept> open_;
    std::deque<given> given_; // in order, those that were used too
};

// BASE64URL(SHA256(verifier)).
[[nodiscard]] std::string pkce_challenge(std::string_view verifier);

} // namespace meguri::net
