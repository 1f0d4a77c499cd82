// How the gateway signs what it tells by itself: `t=UNIX_SECONDS,v1=HEX`, where HEX is HMAC-SHA256 (RFC 2104) with the
// secret that both know over `UNIX_SECONDS.BODY`. So Stripe does it (https://docs.stripe.com/webhooks/signature).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::net {

inline constexpr std::int64_t gateway_signature_age_max_s = 300; // and as far in the future

// One of the v1 is right, and the time is not far from now. An empty secret signs nothing.
[[nodiscard]] bool is_signed_by_gateway(std::string_view header, std::string_view body, std::string_view secret,
                                        std::int64_t now_ms);
// The header, for those who play the gateway.
[[nodiscard]] std::string gateway_signature(std::string_view body, std::string_view secret, std::int64_t unix_s);

} // namespace meguri::net
