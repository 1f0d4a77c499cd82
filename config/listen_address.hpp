// An address to listen on, as in `listen = "127.0.0.1:8080"` and `--listen [::1]:0`.
#pragma once

#include "config/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace meguri::config {

struct listen_address {
    std::string address;    // a numeric IPv4 or IPv6 address, without brackets; never a name
    std::uint16_t port = 0; // 0 lets the system choose

    friend bool operator==(const listen_address&, const listen_address&) = default;
};

// Parses ADDR:PORT; an IPv6 address stands in brackets. The error's key is left empty for the caller to fill in.
[[nodiscard]] tl::expected<listen_address, error> parse_listen_address(std::string_view text);

// The reverse: `127.0.0.1:8080`, `[::1]:8080`.
[[nodiscard]] std::string to_string(const listen_address& one);

} // namespace meguri::config
