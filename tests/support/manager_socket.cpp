#include "tests/support/manager_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <utility>

namespace meguri::test {

manager_socket::manager_socket(std::string address) : address_{std::move(address)} {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, address_.data(), address_.size());
    if (address_.front() == '@') at.sun_path[0] = '\0';
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    if (socket_ < 0 || ::bind(socket_, reinterpret_cast<const sockaddr*>(&at), length) != 0)
        throw std::system_error{errno, std::generic_category(), "manager_socket"};
}

manager_socket::~manager_socket() { ::close(socket_); }

std::string manager_socket::next(int within_ms) const {
    pollfd wanted{socket_, POLLIN, 0};
    if (::poll(&wanted, 1, within_ms) != 1) return {};
    std::array<char, 1024> message{};
    const ssize_t size = ::recv(socket_, message.data(), message.size(), 0);
    return {message.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
}

std::string manager_socket::next_change() const {
    for (;;)
        if (auto message = next(); message != "WATCHDOG=1" && !message.starts_with("EXTEND_TIMEOUT_USEC="))
            return message;
}

} // namespace meguri::test
