#include "tests/virtual_card/reader_slot.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace meguri::virtual_card {
namespace {

constexpr std::uint8_t power_off = 0;
constexpr std::uint8_t power_on = 1;
constexpr std::uint8_t warm_reset = 2;
constexpr std::uint8_t tell_answer_to_reset = 4;

} // namespace

reader_slot::reader_slot(const std::string& address, std::uint16_t port)
    : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (socket_ >= 0 && ::inet_pton(AF_INET, address.c_str(), &to.sin_addr) == 1 &&
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
        return;
    const std::string why = std::strerror(errno);
    if (socket_ >= 0) ::close(socket_);
    throw std::runtime_error{"no virtual reader at " + address + ':' + std::to_string(port) + ": " + why};
}

reader_slot::~reader_slot() { ::close(socket_); }

void reader_slot::serve(jpki_applet& card) {
    bytes message;
    for (std::array<std::uint8_t, 2> length{}; receive(length.data(), length.size());) {
        message.resize(static_cast<std::size_t>(length[0] << 8 | length[1]));
        if (!receive(message.data(), message.size())) return;
        if (message.size() > 1) {
            if (!send(card.answer(message))) return;
        } else if (message == bytes{tell_answer_to_reset}) {
            if (!send(answer_to_reset)) return;
        } else if (message == bytes{power_off} || message == bytes{power_on} || message == bytes{warm_reset}) {
            card.reset();
        }
    }
}

bool reader_slot::receive(std::uint8_t* to, std::size_t size) const {
    for (std::size_t got = 0; got < size;) {
        // vpcd sends length and command apart, and by Nagle's rule the second only after an acknowledgement of the
        // first, which would take 40 ms each time. The option holds for a moment only; it is not for other sockets.
        const int at_once = 1;
        (void)::setsockopt(socket_, IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
        const auto more = ::recv(socket_, to + got, size - got, 0);
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return false;
        got += static_cast<std::size_t>(more);
    }
    return true;
}

bool reader_slot::send(byte_view message) const {
    bytes framed{static_cast<std::uint8_t>(message.size() >> 8), static_cast<std::uint8_t>(message.size() & 0xFF)};
    framed.insert(framed.end(), message.begin(), message.end());
    for (std::size_t sent = 0; sent < framed.size();) {
        const auto more = ::send(socket_, framed.data() + sent, framed.size() - sent, MSG_NOSIGNAL);
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return false;
        sent += static_cast<std::size_t>(more);
    }
    return true;
}

} // namespace meguri::virtual_card
