#include "tests/support/tool.hpp"

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include <sys/wait.h>

namespace meguri::test {
namespace {

std::string quoted(const std::string& word) {
    std::string all = "'";
    for (const char one : word) all += one == '\'' ? std::string{"'\\''"} : std::string{one};
    return all + '\'';
}

} // namespace

tool_result run_tool(const std::string& program, const std::vector<std::string>& arguments) {
    if (!std::filesystem::exists(program)) throw std::runtime_error{program + " is missing: ./dev test installs it"};
    std::string line = quoted(program);
    for (const auto& one : arguments) line += ' ' + quoted(one);
    line += " 2>&1";
    FILE* const running = ::popen(line.c_str(), "r");
    if (running == nullptr) throw std::runtime_error{"cannot start " + program};
    tool_result done;
    char chunk[4096];
    for (std::size_t got = 0; (got = std::fread(chunk, 1, sizeof chunk, running)) > 0;) done.output.append(chunk, got);
    const int status = ::pclose(running);
    done.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return done;
}

} // namespace meguri::test
