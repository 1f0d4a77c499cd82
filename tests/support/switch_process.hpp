// The real program as its users start it: `meguri init` and `meguri serve` as processes of their own, on free ports of
// the loopback, to be killed, stopped and started again. The binary is the one that the environment names in
// MEGURI_BINARY.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace meguri::test {

struct finished_process {
    int status = -1; // exit status; 128 + signal where one ended it
    std::string output;
    std::string errors;
};

// Runs the program to its end.
[[nodiscard]] finished_process run_meguri(const std::vector<std::string>& arguments);

// Makes a new ledger; the operator's key.
[[nodiscard]] std::string init_ledger(const std::filesystem::path& folder, bool for_tests = false);

class switch_process {
public:
    // Starts `meguri serve` and waits for its ready line; throws with all that the program said if none comes.
    explicit switch_process(std::filesystem::path folder, std::vector<std::string> more_arguments = {});
    ~switch_process(); // kill -9, if it still runs
    switch_process(const switch_process&) = delete;
    switch_process& operator=(const switch_process&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::uint16_t ops_port() const noexcept { return ops_port_; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

    // What it has said on its standard error so far.
    [[nodiscard]] std::string log() const;

    void send(int signal) const;
    // kill -9 and wait.
    void kill();
    // SIGTERM and wait for the exit status.
    [[nodiscard]] int terminate();
    // Waits for the end of the process without a signal.
    [[nodiscard]] int wait();

private:
    void read_ready_line();
    void end(); // of the process, and of the file with what it said on standard error

    std::filesystem::path folder_;
    pid_t pid_ = -1;
    int output_ = -1;
    std::string errors_file_;
    std::uint16_t port_ = 0;
    std::uint16_t ops_port_ = 0;
};

} // namespace meguri::test
