#include "net/listener.hpp"

#include "ledger/contract.hpp"
#include "net/http_front.hpp"
#include "net/io_loop.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <sstream>

namespace meguri::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int backlog = 4096; // the kernel cuts it to net.core.somaxconn
constexpr int accepts_at_once_max = 64;
constexpr std::chrono::milliseconds pause_without_descriptors{100};

tl::expected<asio::ip::address, error> parse_address(std::string_view text) {
    if (text == "localhost") return asio::ip::address{asio::ip::address_v4::loopback()};
    error_code failure;
    const auto address = asio::ip::make_address(text, failure);
    if (failure) return tl::unexpected{error{error_kind::bad_address, "not an IP address: " + std::string{text}}};
    return address;
}

std::string text_of(const asio::ip::tcp::endpoint& endpoint) {
    std::ostringstream text;
    text << endpoint;
    return text.str();
}

bool out_of_descriptors(int problem) {
    return problem == EMFILE || problem == ENFILE || problem == ENOBUFS || problem == ENOMEM;
}

} // namespace

struct listener::acceptor {
    asio::ip::tcp::acceptor socket;
    asio::steady_timer pause;
};

listener::listener(std::vector<http_front*> fronts) : fronts_{std::move(fronts)} { EXPECTS(!fronts_.empty()); }

listener::~listener() = default;

tl::expected<std::unique_ptr<listener>, error> listener::open(io_loop& loop, std::string_view address,
                                                              std::uint16_t port, std::vector<http_front*> fronts) {
    const auto parsed = parse_address(address);
    if (!parsed) return tl::unexpected{parsed.error()};
    const asio::ip::tcp::endpoint endpoint{*parsed, port};
    std::unique_ptr<listener> opened{new listener{std::move(fronts)}};
    opened->acceptor_ = std::make_unique<acceptor>(
        acceptor{asio::ip::tcp::acceptor{loop.context()}, asio::steady_timer{loop.context()}});
    auto& socket = opened->acceptor_->socket;
    error_code failure;
    socket.open(endpoint.protocol(), failure);
    if (!failure) socket.set_option(asio::socket_base::reuse_address{true}, failure);
    if (!failure) socket.bind(endpoint, failure);
    if (!failure) socket.listen(backlog, failure);
    if (!failure) socket.native_non_blocking(true, failure);
    if (failure) {
        const auto kind = failure == asio::error::address_in_use                ? error_kind::address_in_use
                        : failure == boost::system::errc::address_not_available ? error_kind::bad_address
                                                                                : error_kind::socket_failed;
        return tl::unexpected{error{kind, "cannot listen on " + text_of(endpoint) + ": " + failure.message()}};
    }
    opened->port_ = socket.local_endpoint().port();
    opened->address_ = text_of(socket.local_endpoint());
    opened->accept_next();
    return opened;
}

void listener::accept_next() {
    acceptor_->socket.async_wait(asio::ip::tcp::acceptor::wait_read, [this](const error_code& stopped) {
        if (stopped) return;
        for (int accepted = 0; accepted < accepts_at_once_max; ++accepted) {
            const int socket =
                ::accept4(acceptor_->socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket >= 0) {
                hand_over(socket);
            } else if (out_of_descriptors(errno)) {
                // The client stays in the kernel's queue; asking again at once would only burn the processor.
                acceptor_->pause.expires_after(pause_without_descriptors);
                acceptor_->pause.async_wait([this](const error_code& ended) {
                    if (!ended) accept_next();
                });
                return;
            } else if (errno == EAGAIN) {
                break;
            } // anything else is that one client's trouble
        }
        accept_next();
    });
}

void listener::hand_over(int socket) {
    http_front& front = *fronts_[next_front_];
    next_front_ = (next_front_ + 1) % fronts_.size();
    if (front.loop().on_own_thread()) {
        front.adopt(socket);
    } else {
        front.loop().post([&front, socket] { front.adopt(socket); });
    }
}

void listener::stop_accepting() {
    error_code ignored;
    acceptor_->socket.close(ignored);
    acceptor_->pause.cancel();
}

tl::expected<void, error> check_transport(std::string_view address, bool tls, bool allow_plain_http) {
    const auto parsed = parse_address(address);
    if (!parsed) return tl::unexpected{parsed.error()};
    if (tls || allow_plain_http || parsed->is_loopback()) return {};
    return tl::unexpected{error{error_kind::plain_http_refused,
                                "plain HTTP is served on loopback addresses only, and " + std::string{address} +
                                    " is none: configure a certificate, or allow plain HTTP explicitly"}};
}

} // namespace meguri::net
