// Runs a program that a Debian package brings, such as promtool, to its end.
#pragma once

#include <string>
#include <vector>

namespace meguri::test {

struct tool_result {
    int status = -1;    // exit status; 128 + signal where one ended it
    std::string output; // both streams, as they came
};

// `program` by its whole path; throws std::runtime_error where it is not installed.
[[nodiscard]] tool_result run_tool(const std::string& program, const std::vector<std::string>& arguments);

} // namespace meguri::test
