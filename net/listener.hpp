// The listening socket. One acceptor hands connections to the fronts in turn: with few, long-lived keep-alive
// connections SO_REUSEPORT would spread them by a hash, unevenly and for ever, reset what waits in a closed socket's
// queue, and let a second process bind the same port unnoticed. Accepting is no bottleneck here.
// Lives on the io thread of the loop that it is opened with.
#pragma once

#include "net/error.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

class http_front;
class io_loop;

class listener {
public:
    // Binds and listens on an IP literal (or "localhost"); port 0 picks a free one. Accepts once the loop runs. The
    // fronts outlive the listener; those of other loops get their sockets by post().
    [[nodiscard]] static tl::expected<std::unique_ptr<listener>, error>
    open(io_loop& loop, std::string_view address, std::uint16_t port, std::vector<http_front*> fronts);
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    // Closes the socket; what the kernel had queued is refused. On the loop's thread, or while it does not run.
    void stop_accepting();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] const std::string& address() const noexcept { return address_; } // "127.0.0.1:8080", "[::1]:8080"

private:
    struct acceptor;
    explicit listener(std::vector<http_front*> fronts);
    void accept_next();
    void hand_over(int socket);

    std::vector<http_front*> fronts_;
    std::size_t next_front_ = 0;
    std::unique_ptr<acceptor> acceptor_;
    std::string address_;
    std::uint16_t port_ = 0;
};

// Whether plain HTTP may be served at `address`: only on loopback, or where somebody said so. main asks before open().
[[nodiscard]] tl::expected<void, error> check_transport(std::string_view address, bool tls, bool allow_plain_http);

} // namespace meguri::net
