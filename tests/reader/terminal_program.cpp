#include "tests/reader/terminal_program.hpp"

#include "tests/support/child_process.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/temporary_folder.hpp"

#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

namespace meguri::test {
namespace {

constexpr int longest_ms = 30'000;

void become(const std::string& program, const std::vector<std::string>& arguments, const std::string& output,
            const std::string& errors) {
    std::vector<char*> words{const_cast<char*>(program.c_str())};
    for (const auto& one : arguments) words.push_back(const_cast<char*>(one.c_str()));
    words.push_back(nullptr);
    ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    // What is asked at the terminal is not to be read from the standard input; that the terminal is open for as long as
    // the program runs tells the other end that it does.
    (void)::dup(STDIN_FILENO);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::execv(program.c_str(), words.data());
    ::_exit(127);
}

} // namespace

terminal_result run_at_terminal(const std::string& program, const std::vector<std::string>& arguments,
                                const std::string& question, const std::string& typed) {
    const temporary_folder folder;
    const auto output = (folder / "output").string();
    const auto errors = (folder / "errors").string();
    int terminal = -1;
    const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (pid < 0) throw std::runtime_error{"no pseudo terminal"};
    if (pid == 0) become(program, arguments, output, errors);

    terminal_result result;
    bool asked = question.empty();
    char chunk[256];
    pollfd readable{terminal, POLLIN, 0};
    // It ends with an error once the program has let go of the terminal.
    while (::poll(&readable, 1, longest_ms) == 1) {
        const auto got = ::read(terminal, chunk, sizeof chunk);
        if (got <= 0) break;
        result.screen.append(chunk, static_cast<std::size_t>(got));
        if (asked || result.screen.find(question) == std::string::npos) continue;
        asked = true;
        if (::write(terminal, typed.data(), typed.size()) != static_cast<ssize_t>(typed.size())) break;
    }
    ::close(terminal); // hangs up on what is still there
    result.status = wait_for_end(pid);
    result.output = text_of(output);
    result.errors = text_of(errors);
    return result;
}

} // namespace meguri::test
