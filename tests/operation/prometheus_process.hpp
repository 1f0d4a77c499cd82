// Debian's Prometheus on a free port of the loopback, with its data in a temporary folder: it scrapes one switch every
// second and answers queries about it.
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <boost/json.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace meguri::test {

class prometheus_process {
public:
    using instant = std::chrono::system_clock::time_point;

    // Waits until it listens; throws with all that it said if it does not. Rules are evaluated every second too.
    prometheus_process(std::uint16_t ops_port, const std::vector<std::filesystem::path>& rule_files);
    ~prometheus_process(); // kill -9
    prometheus_process(const prometheus_process&) = delete;
    prometheus_process& operator=(const prometheus_process&) = delete;

    // The answer of its HTTP API as it is: `status` success with `data`, or error with `error`.
    [[nodiscard]] boost::json::value ask(const std::string& path_and_query) const;
    [[nodiscard]] boost::json::value query(const std::string& expression, instant at) const;
    // One value a second.
    [[nodiscard]] boost::json::value query_range(const std::string& expression, instant from, instant until) const;

private:
    [[nodiscard]] std::string log() const;
    void wait_until_it_listens();

    temporary_folder folder_;
    pid_t pid_ = -1;
    int output_ = -1;
    std::uint16_t port_ = 0;
};

} // namespace meguri::test
