#include "tests/support/child_process.hpp"

#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace meguri::test {

child_process start_program(const std::string& program, const std::vector<std::string>& arguments,
                            const std::string& errors_file) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"pipe failed"};
    std::vector<char*> words{const_cast<char*>(program.c_str())};
    for (const auto& one : arguments) words.push_back(const_cast<char*>(one.c_str()));
    words.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        // The output first: the errors may be wanted in /dev/stdout.
        ::dup2(ends[1], STDOUT_FILENO);
        const int errors = ::open(errors_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(errors, STDERR_FILENO);
        ::execv(program.c_str(), words.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    if (pid < 0) throw std::runtime_error{"fork failed"};
    return {pid, ends[0]};
}

int wait_for_end(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace meguri::test
