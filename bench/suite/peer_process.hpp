// A peer's server as a child process: ended with the object, waited for.
#pragma once

#include <boost/process/child.hpp>

#include <functional>
#include <string>
#include <vector>

namespace meguri::bench {

class peer_process {
public:
    // Its output goes to the file `log`. `end_signal` is what ends it at once and in order.
    peer_process(const std::vector<std::string>& command, const std::string& log, int end_signal);
    ~peer_process();
    peer_process(const peer_process&) = delete;
    peer_process& operator=(const peer_process&) = delete;

    // Asks until it says yes, 20 s at most. Throws std::runtime_error if the process ended or time is up.
    void wait_until(const std::function<bool()>& ready);

private:
    boost::process::child process_;
    std::string log_;
    int end_signal_;
};

// The program's whole path. Throws missing_peer.
[[nodiscard]] std::string find_program(const std::string& name, const std::string& package);
// Runs it to its end, `log` taking its errors; its output. Throws std::runtime_error where it fails.
std::string output_of_command(const std::vector<std::string>& command, const std::string& log);
// A TCP port of loopback that was free a moment ago.
[[nodiscard]] std::uint16_t free_port();

} // namespace meguri::bench
