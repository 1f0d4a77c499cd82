#include "tests/support/stopped_thread.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include <sys/ptrace.h>
#include <sys/wait.h>

namespace meguri::test {
namespace {

pid_t thread_of(pid_t process, const std::string& name) {
    for (const auto& one : std::filesystem::directory_iterator{"/proc/" + std::to_string(process) + "/task"}) {
        std::ifstream in{one.path() / "comm"};
        std::string is_called;
        if (std::getline(in, is_called) && is_called == name) return std::stoi(one.path().filename().string());
    }
    throw std::runtime_error{"no thread is called " + name};
}

} // namespace

stopped_thread::stopped_thread(pid_t process, const std::string& name) : thread_{thread_of(process, name)} {
    int status = 0;
    if (::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) != 0 ||
        ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) != 0 || ::waitpid(thread_, &status, __WALL) != thread_)
        throw std::system_error{errno, std::generic_category(), "ptrace of " + name};
}

stopped_thread::~stopped_thread() { ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr); }

} // namespace meguri::test
