// Asks the service manager for more time while a start or an end is under way that may take longer than it allows: the
// journal's tail is applied, the last requests are answered, the last checkpoint is written. Made and ended by main.
#pragma once

#include "net/notify_socket.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace meguri::net {

class time_extension {
public:
    // Asks as long as it lives, but not beyond `at_most`: what takes longer than that stands still, and the manager's
    // own limits hold. Outlived by the manager's socket. Where nobody is to be asked, nothing happens.
    time_extension(const notify_socket& manager, std::chrono::milliseconds at_most);
    ~time_extension();
    time_extension(const time_extension&) = delete;
    time_extension& operator=(const time_extension&) = delete;

private:
    void run(std::chrono::steady_clock::time_point end);

    const notify_socket& manager_;
    std::mutex mutex_; // over_
    std::condition_variable changed_;
    bool over_ = false;
    std::thread thread_;
};

} // namespace meguri::net
