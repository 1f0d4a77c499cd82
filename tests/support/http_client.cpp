#include "tests/support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace meguri::test {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error{errno, std::generic_category(), what}; }

} // namespace

std::string lower_case(std::string_view text) {
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

http_reply parse_head(std::string_view head) {
    http_reply reply;
    reply.head = head;
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) throw std::runtime_error{"no HTTP/1.1: " + reply.head};
    reply.status = std::stoi(std::string{head.substr(9, 3)});
    std::size_t line = head.find("\r\n") + 2;
    while (line < head.size()) {
        const std::size_t end = head.find("\r\n", line);
        const std::string_view field = head.substr(line, end - line);
        const std::size_t colon = field.find(": ");
        if (colon == std::string_view::npos) throw std::runtime_error{"no field: " + std::string{field}};
        std::string& value = reply.fields[lower_case(field.substr(0, colon))];
        if (!value.empty()) value += ", ";
        value += field.substr(colon + 2);
        line = end + 2;
    }
    return reply;
}

std::string http_reply::field(const std::string& lower_case_name) const {
    const auto found = fields.find(lower_case_name);
    return found == fields.end() ? std::string{} : found->second;
}

std::string http_request_text(std::string_view method, std::string_view target, const http_fields& fields,
                              std::string_view body) {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
    for (const auto& [name, value] : fields) text.append(name).append(": ").append(value).append("\r\n");
    if (!body.empty() || method == "POST") text.append("Content-Length: " + std::to_string(body.size()) + "\r\n");
    return text.append("\r\n").append(body);
}

http_client::http_client(std::uint16_t port, std::string_view address, int timeout_ms) : timeout_ms_{timeout_ms} {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (::inet_pton(AF_INET, std::string{address}.c_str(), &to.sin_addr) != 1) throw std::runtime_error{"bad address"};
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) fail("socket");
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        const int problem = errno;
        ::close(socket_);
        errno = problem;
        fail("connect");
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

http_client::~http_client() {
    if (socket_ >= 0) ::close(socket_);
}

http_client::http_client(http_client&& other) noexcept
    : socket_{std::exchange(other.socket_, -1)},
      timeout_ms_{other.timeout_ms_},
      unread_{std::move(other.unread_)} {}

void http_client::wait_for(short events, int timeout_ms) const {
    pollfd wanted{.fd = socket_, .events = events, .revents = 0};
    const int ready = ::poll(&wanted, 1, timeout_ms);
    if (ready == 0) throw std::runtime_error{"the server did not react in time"};
    if (ready < 0) fail("poll");
}

void http_client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t sent = send_some(bytes);
        if (sent == 0) wait_for(POLLOUT, timeout_ms_);
        bytes.remove_prefix(sent);
    }
}

std::size_t http_client::send_some(std::string_view bytes) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) fail("send");
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void http_client::shut_sending() { ::shutdown(socket_, SHUT_WR); }

bool http_client::receive() {
    std::array<char, 64 * 1024> bytes;
    wait_for(POLLIN, timeout_ms_);
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got < 0) fail("recv");
    unread_.append(bytes.data(), static_cast<std::size_t>(got));
    return got > 0;
}

http_reply http_client::read_reply(bool to_head, bool interim) {
    for (;;) {
        std::size_t head_end = unread_.find("\r\n\r\n");
        while (head_end == std::string::npos) {
            if (!receive()) throw std::runtime_error{"the connection ended before an answer: " + unread_};
            head_end = unread_.find("\r\n\r\n");
        }
        http_reply reply = parse_head(std::string_view{unread_}.substr(0, head_end + 2));
        unread_.erase(0, head_end + 4);
        if (reply.status / 100 == 1 && !interim) continue;
        const bool has_body = reply.status / 100 != 1 && reply.status != 204 && reply.status != 304 && !to_head;
        const std::size_t length = has_body ? std::stoul(reply.fields.at("content-length")) : 0;
        while (unread_.size() < length) {
            if (!receive()) throw std::runtime_error{"the connection ended within a body"};
        }
        reply.body = unread_.substr(0, length);
        unread_.erase(0, length);
        return reply;
    }
}

bool http_client::at_end() { return unread_.empty() && !receive(); }

std::string http_client::read_available(int wait_ms) {
    if (unread_.empty()) {
        pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
        if (::poll(&wanted, 1, wait_ms) > 0) receive();
    }
    return std::exchange(unread_, {});
}

http_reply http_client::ask(std::string_view method, std::string_view target, const http_fields& fields,
                            std::string_view body) {
    send(http_request_text(method, target, fields, body));
    return read_reply(method == "HEAD");
}

} // namespace meguri::test
