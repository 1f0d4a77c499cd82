#include "bench/suite/peer_process.hpp"

#include "bench/suite/peer.hpp"

#include <arpa/inet.h>
#include <boost/process/args.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace meguri::bench {
namespace {

namespace process = boost::process;

std::vector<std::string> arguments_of(const std::vector<std::string>& command) {
    return {command.begin() + 1, command.end()};
}

std::string end_of_file(const std::string& path) {
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    return text.size() > 400 ? text.substr(text.size() - 400) : text;
}

} // namespace

peer_process::peer_process(const std::vector<std::string>& command, const std::string& log, int end_signal)
    : process_{command.front(), process::args(arguments_of(command)), (process::std_out & process::std_err) > log},
      log_{log},
      end_signal_{end_signal} {}

peer_process::~peer_process() {
    ::kill(process_.id(), end_signal_);
    std::error_code ignored;
    process_.wait(ignored);
}

void peer_process::wait_until(const std::function<bool()>& ready) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!ready()) {
        if (!process_.running() || std::chrono::steady_clock::now() > give_up)
            throw std::runtime_error{"did not become ready: " + end_of_file(log_)};
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
}

std::string find_program(const std::string& name, const std::string& package) {
    const char* path = std::getenv("PATH");
    std::istringstream folders{std::string{path != nullptr ? path : "/usr/bin"} +
                               ":/usr/sbin:/usr/lib/postgresql/15/bin"};
    for (std::string program; std::getline(folders, program, ':');) {
        program.append("/").append(name);
        if (::access(program.c_str(), X_OK) == 0) return program;
    }
    throw missing_peer{name + " is not installed (Debian package " + package + ")"};
}

std::string output_of_command(const std::vector<std::string>& command, const std::string& log) {
    process::ipstream output;
    process::child running{command.front(), process::args(arguments_of(command)), process::std_out > output,
                           process::std_err > log, process::std_in < process::null};
    std::string text{std::istreambuf_iterator<char>{output}, {}};
    running.wait();
    if (running.exit_code() != 0) throw std::runtime_error{command.front() + " failed: " + end_of_file(log)};
    return text;
}

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), length) == 0 &&
                       ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0;
    ::close(socket);
    if (!bound) throw std::runtime_error{"no free port on loopback"};
    return ntohs(address.sin_port);
}

} // namespace meguri::bench
