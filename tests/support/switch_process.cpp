#include "tests/support/switch_process.hpp"

#include "tests/support/child_process.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

#include <poll.h>
#include <unistd.h>

namespace meguri::test {
namespace {

constexpr int ready_within_ms = 60'000;

std::string binary() {
    const char* const named = std::getenv("MEGURI_BINARY");
    if (named == nullptr) throw std::runtime_error{"MEGURI_BINARY names no program to test"};
    return named;
}

std::string contents(const std::string& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string read_all(int from) {
    std::string all;
    char chunk[4096];
    for (ssize_t got = 0; (got = ::read(from, chunk, sizeof chunk)) > 0;)
        all.append(chunk, static_cast<std::size_t>(got));
    return all;
}

std::string errors_file_name() {
    std::string name = (std::filesystem::temp_directory_path() / "meguri-stderr-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    if (file >= 0) ::close(file);
    return name;
}

} // namespace

finished_process run_meguri(const std::vector<std::string>& arguments) {
    const std::string errors = errors_file_name();
    const auto started = start_program(binary(), arguments, errors);
    finished_process done;
    done.output = read_all(started.output);
    ::close(started.output);
    done.status = wait_for_end(started.pid);
    done.errors = contents(errors);
    std::filesystem::remove(errors);
    return done;
}

std::string init_ledger(const std::filesystem::path& folder, bool for_tests) {
    std::vector<std::string> arguments{"init", "--data", folder.string()};
    if (for_tests) arguments.emplace_back("--test");
    const auto done = run_meguri(arguments);
    std::smatch key;
    if (done.status != 0 || !std::regex_search(done.output, key, std::regex{"op_[A-Za-z0-9_-]{20,}"}))
        throw std::runtime_error{"meguri init failed: " + done.output + done.errors};
    return key[0];
}

switch_process::switch_process(std::filesystem::path folder, std::vector<std::string> more_arguments)
    : folder_{std::move(folder)},
      errors_file_{errors_file_name()} {
    std::vector<std::string> arguments{"serve",       "--data",       folder_.string(), "--listen",
                                       "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
    const auto started = start_program(binary(), arguments, errors_file_);
    pid_ = started.pid;
    output_ = started.output;
    try {
        read_ready_line();
    } catch (...) {
        end();
        throw;
    }
}

switch_process::~switch_process() { end(); }

void switch_process::end() {
    kill();
    std::error_code ignored;
    std::filesystem::remove(errors_file_, ignored);
}

void switch_process::read_ready_line() {
    static const std::regex ready{R"(ready listen=\S+:(\d+) ops=\S+:(\d+)\n)"};
    std::string seen;
    std::smatch match;
    while (!std::regex_search(seen, match, ready)) {
        pollfd waiting{output_, POLLIN, 0};
        char chunk[512];
        const bool readable = ::poll(&waiting, 1, ready_within_ms) == 1;
        const ssize_t got = readable ? ::read(output_, chunk, sizeof chunk) : 0;
        if (got <= 0) throw std::runtime_error{"meguri serve did not get ready: " + seen + contents(errors_file_)};
        seen.append(chunk, static_cast<std::size_t>(got));
    }
    port_ = static_cast<std::uint16_t>(std::stoi(match[1]));
    ops_port_ = static_cast<std::uint16_t>(std::stoi(match[2]));
}

std::string switch_process::log() const { return contents(errors_file_); }

void switch_process::send(int signal) const {
    if (pid_ > 0) ::kill(pid_, signal);
}

void switch_process::kill() {
    if (pid_ > 0) {
        send(SIGKILL);
        (void)wait();
    }
}

int switch_process::terminate() {
    send(SIGTERM);
    return wait();
}

int switch_process::wait() {
    if (pid_ <= 0) return -1;
    const int status = wait_for_end(pid_);
    pid_ = -1;
    if (output_ >= 0) ::close(output_);
    output_ = -1;
    return status;
}

} // namespace meguri::test
