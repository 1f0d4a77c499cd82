#include "net/client_network.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace meguri::net {
namespace {

constexpr std::size_t ipv6_bytes = 16;
constexpr std::size_t prefix_bytes = 8;

std::uint64_t big_endian(const std::uint8_t* from, std::size_t bytes) noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i) number = number << 8 | from[i];
    return number;
}

client_network network_of(const in6_addr& address) noexcept {
    std::array<std::uint8_t, ipv6_bytes> all{};
    std::memcpy(all.data(), &address, all.size());
    if (IN6_IS_ADDR_V4MAPPED(&address))
        return client_network::of_ipv4(static_cast<std::uint32_t>(big_endian(all.data() + 12, 4)));
    return client_network::of_ipv6(big_endian(all.data(), prefix_bytes));
}

} // namespace

client_network client_network::of_peer(int socket) noexcept {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
    if (peer.ss_family == AF_INET) {
        sockaddr_in known{};
        std::memcpy(&known, &peer, sizeof(known));
        return of_ipv4(ntohl(known.sin_addr.s_addr));
    }
    if (peer.ss_family != AF_INET6) return {};
    sockaddr_in6 known{};
    std::memcpy(&known, &peer, sizeof(known));
    return network_of(known.sin6_addr);
}

std::string client_network::text() const {
    if (number_ == unknown) return "unknown";
    std::array<char, INET6_ADDRSTRLEN> written{};
    if (number_ >> 32 == 1) {
        const in_addr address{htonl(static_cast<std::uint32_t>(number_))};
        ::inet_ntop(AF_INET, &address, written.data(), written.size());
        return written.data();
    }
    std::array<std::uint8_t, ipv6_bytes> all{};
    for (std::size_t i = 0; i < prefix_bytes; ++i) all.at(i) = static_cast<std::uint8_t>(number_ >> (56 - 8 * i));
    ::inet_ntop(AF_INET6, all.data(), written.data(), written.size());
    return std::string{written.data()} + "/64";
}

} // namespace meguri::net
