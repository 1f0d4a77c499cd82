// Where a client comes from, as far as limits and the log care: its IPv4 address, or the /64 that its IPv6 address lies
// in, because one household or shop is given at least that much (RFC 6177) and chooses within it freely. Any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>

namespace meguri::net {

class client_network {
public:
    // Nobody knows where.
    constexpr client_network() noexcept = default;

    // `address` in host order: 203.0.113.7 is 0xCB007107.
    [[nodiscard]] static constexpr client_network of_ipv4(std::uint32_t address) noexcept {
        return client_network{ipv4_mark | address};
    }
    // The upper half of the address, in host order.
    [[nodiscard]] static constexpr client_network of_ipv6(std::uint64_t prefix) noexcept {
        return client_network{prefix};
    }
    // Of the other end of a connected socket; an IPv4 address within IPv6 (::ffff:a.b.c.d) is the IPv4 one. Unknown
    // where the client is gone already.
    [[nodiscard]] static client_network of_peer(int socket) noexcept;

    [[nodiscard]] constexpr std::uint64_t number() const noexcept { return number_; }
    // "203.0.113.7", "2001:db8:1:2::/64" or "unknown".
    [[nodiscard]] std::string text() const;

    friend constexpr auto operator<=>(client_network, client_network) noexcept = default;

private:
    // In 0000::/8, which is nobody's network (RFC 4291, 2.4).
    static constexpr std::uint64_t ipv4_mark = std::uint64_t{1} << 32;
    static constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();

    constexpr explicit client_network(std::uint64_t number) noexcept : number_{number} {}

    std::uint64_t number_ = unknown;
};

} // namespace meguri::net
