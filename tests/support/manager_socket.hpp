// The service manager's end of sd_notify(3): a datagram socket that a test reads.
#pragma once

#include <string>

namespace meguri::test {

class manager_socket {
public:
    // `address` as in NOTIFY_SOCKET: a path, or an abstract name behind an '@'.
    explicit manager_socket(std::string address);
    ~manager_socket();
    manager_socket(const manager_socket&) = delete;
    manager_socket& operator=(const manager_socket&) = delete;

    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    // The next message; empty when none comes within that time.
    [[nodiscard]] std::string next(int within_ms = 10'000) const;
    // The next one that tells of a change: neither WATCHDOG=1 nor EXTEND_TIMEOUT_USEC, which come at any time.
    [[nodiscard]] std::string next_change() const;

private:
    std::string address_;
    int socket_ = -1;
};

} // namespace meguri::test
