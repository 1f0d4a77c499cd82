#include "tests/support/tool.hpp"

#include "tests/support/child_process.hpp"

#include <filesystem>
#include <stdexcept>

#include <unistd.h>

namespace meguri::test {

tool_result run_tool(const std::string& program, const std::vector<std::string>& arguments) {
    if (!std::filesystem::exists(program)) throw std::runtime_error{program + " is missing: ./dev test installs it"};
    const auto started = start_program(program, arguments, "/dev/stdout");
    tool_result done;
    char chunk[4096];
    for (ssize_t got = 0; (got = ::read(started.output, chunk, sizeof chunk)) > 0;)
        done.output.append(chunk, static_cast<std::size_t>(got));
    ::close(started.output);
    done.status = wait_for_end(started.pid);
    return done;
}

} // namespace meguri::test
