// What the process tells its service manager: sd_notify(3), datagrams to the socket that NOTIFY_SOCKET names, and
// sd_watchdog_enabled(3). Without one nothing is told. Any thread.
//
// The protocol is one datagram and stable, and its own manual shows how to speak it without libsystemd. That library
// would bring decompressors and more of what it links into the process that holds the keys.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::net {

class notify_socket {
public:
    // As the environment has it. Reads it only, so it is to be made before threads start.
    [[nodiscard]] static notify_socket from_environment();

    // `address`: a path, or an abstract name behind an '@'; empty: none.
    explicit notify_socket(std::string address, std::optional<std::chrono::microseconds> watchdog = {});

    [[nodiscard]] bool is_given() const noexcept { return !address_.empty(); }

    // `status`: one line for people, without a line's end; shown by `systemctl status`.
    void status(std::string_view status) const;
    void ready(std::string_view status) const;
    // With the time that the manager wants to see; to be followed by ready().
    void reloading() const;
    void stopping(std::string_view status) const;
    // Of a start or an end: the next such message, or what it is about, comes within that time.
    void takes_longer(std::chrono::microseconds within) const;
    void alive() const;

    // How often alive() is wanted. None: the manager does not watch.
    [[nodiscard]] std::optional<std::chrono::microseconds> alive_every() const noexcept;

private:
    // What the manager does not take within that time is lost: it never holds up the switch.
    void send(std::string_view state, std::chrono::microseconds patience) const noexcept;

    std::string address_;
    std::optional<std::chrono::microseconds> watchdog_;
};

} // namespace meguri::net
