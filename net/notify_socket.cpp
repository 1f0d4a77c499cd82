#include "net/notify_socket.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace meguri::net {
namespace {

// Without READY=1 a start has failed, so it is worth a moment; less than a second.
constexpr std::chrono::microseconds change_patience{900'000};

std::string_view environment(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::optional<std::int64_t> number_in(const char* name) {
    const auto text = environment(name);
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size() || number <= 0) return std::nullopt;
    return number;
}

} // namespace

notify_socket notify_socket::from_environment() {
    const auto every = number_in("WATCHDOG_USEC");
    const auto whom = number_in("WATCHDOG_PID"); // of the process that is watched; none: whoever reads it
    const bool is_watched = every && (environment("WATCHDOG_PID").empty() || whom == ::getpid());
    return notify_socket{std::string{environment("NOTIFY_SOCKET")},
                         is_watched ? std::optional{std::chrono::microseconds{*every}} : std::nullopt};
}

notify_socket::notify_socket(std::string address, std::optional<std::chrono::microseconds> watchdog)
    : address_{std::move(address)},
      watchdog_{watchdog} {}

void notify_socket::status(std::string_view status) const { send("STATUS=" + std::string{status}, {}); }

void notify_socket::ready(std::string_view status) const {
    send("READY=1\nSTATUS=" + std::string{status}, change_patience);
}

void notify_socket::stopping(std::string_view status) const {
    send("STOPPING=1\nSTATUS=" + std::string{status}, change_patience);
}

void notify_socket::takes_longer(std::chrono::microseconds within) const {
    send("EXTEND_TIMEOUT_USEC=" + std::to_string(within.count()), {});
}

void notify_socket::alive() const { send("WATCHDOG=1", {}); }

void notify_socket::reloading() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto us = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us) + "\nSTATUS=reading the settings again", change_patience);
}

std::optional<std::chrono::microseconds> notify_socket::alive_every() const noexcept {
    if (!watchdog_ || address_.empty()) return std::nullopt;
    return *watchdog_ / 4; // so that one beat that comes late is not the end
}

void notify_socket::send(std::string_view state, std::chrono::microseconds patience) const noexcept {
    sockaddr_un to{};
    if (address_.empty() || address_.size() >= sizeof to.sun_path) return;
    if (address_.front() != '/' && address_.front() != '@') return;
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    if (address_.front() == '@') to.sun_path[0] = '\0'; // abstract: its length ends it
    const bool waits = patience.count() > 0;
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | (waits ? 0 : SOCK_NONBLOCK), 0);
    if (socket < 0) return;
    const timeval at_most{0, patience.count()};
    if (waits) (void)::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &at_most, sizeof at_most);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    (void)::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), length);
    ::close(socket);
}

} // namespace meguri::net
