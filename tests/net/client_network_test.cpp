#include "net/client_network.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace meguri::net {
namespace {

TEST(client_network, is_an_ipv4_address_or_an_ipv6_64) {
    const auto one = client_network::of_ipv4(0xCB007107);
    EXPECT_EQ(one.text(), "203.0.113.7");
    EXPECT_NE(one, client_network::of_ipv4(0xCB007108));
    const auto six = client_network::of_ipv6(0x20010db800010002);
    EXPECT_EQ(six.text(), "2001:db8:1:2::/64");
    EXPECT_NE(six, client_network::of_ipv6(0x20010db800010003));
    EXPECT_EQ(client_network::of_ipv4(0).text(), "0.0.0.0");
    EXPECT_EQ(client_network::of_ipv6(0).text(), "::/64");
    EXPECT_EQ(client_network{}.text(), "unknown");
}

// Of a client that connected to a listening socket of `family`, over loopback.
client_network seen_by_server(int family, const sockaddr* address, socklen_t size, int client_family) {
    const int listening = ::socket(family, SOCK_STREAM, 0);
    EXPECT_EQ(::bind(listening, address, size), 0);
    EXPECT_EQ(::listen(listening, 1), 0);
    sockaddr_in6 bound{};
    socklen_t bound_size = sizeof(bound);
    EXPECT_EQ(::getsockname(listening, reinterpret_cast<sockaddr*>(&bound), &bound_size), 0);
    const int client = ::socket(client_family, SOCK_STREAM, 0);
    if (client_family == AF_INET) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = bound.sin6_port; // in the same place of both
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&to), sizeof(to)), 0);
    } else {
        bound.sin6_addr = in6addr_loopback;
        EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&bound), sizeof(bound)), 0);
    }
    const int server = ::accept(listening, nullptr, nullptr);
    const auto seen = client_network::of_peer(server);
    for (const int one : {listening, client, server}) ::close(one);
    return seen;
}

TEST(client_network, is_asked_of_the_socket) {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto loopback = client_network::of_ipv4(INADDR_LOOPBACK);
    EXPECT_EQ(seen_by_server(AF_INET, reinterpret_cast<const sockaddr*>(&four), sizeof(four), AF_INET), loopback);

    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    const auto* const any = reinterpret_cast<const sockaddr*>(&six);
    EXPECT_EQ(seen_by_server(AF_INET6, any, sizeof(six), AF_INET), loopback) << "through a socket that takes both";
    EXPECT_EQ(seen_by_server(AF_INET6, any, sizeof(six), AF_INET6), client_network::of_ipv6(0));
    EXPECT_EQ(client_network::of_peer(-1), client_network{});
}

} // namespace
} // namespace meguri::net
