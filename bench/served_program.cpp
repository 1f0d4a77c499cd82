#include "bench/served_program.hpp"

#include "storage/steady_clock.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/tls_client.hpp"

#include <boost/process/args.hpp>
#include <boost/process/io.hpp>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

namespace meguri::bench {
namespace {

namespace process = boost::process;

// `name`: as in " ops="; 0 where the line does not have it.
std::uint16_t port_in(const std::string& ready, const std::string& name) {
    const auto named = ready.find(name);
    if (named == std::string::npos) return 0;
    const auto colon = ready.find(':', named);
    std::uint16_t port = 0;
    std::from_chars(ready.data() + colon + 1, ready.data() + ready.size(), port);
    return port;
}

std::vector<std::string> serving_by(const std::string& ledger, const std::string& more_settings) {
    const auto settings = ledger + "/bench.toml";
    std::ofstream{settings} << switch_settings << more_settings;
    return {"serve", "--data", ledger, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", "--config", settings};
}

} // namespace

served_program::served_program(const std::string& program, const std::vector<std::string>& arguments) {
    const auto begun = storage::steady_ns();
    process_ = process::child{program, process::args(arguments), process::std_out > output_};
    for (std::string line; std::getline(output_, line);) {
        if (!line.starts_with("ready listen=")) continue;
        port_ = port_in(line, " listen=");
        ops_port_ = port_in(line, " ops=");
        ready_after_s_ = static_cast<double>(storage::steady_ns() - begun) / 1e9;
        return;
    }
    throw std::runtime_error{program + " did not become ready"};
}

void served_program::kill() {
    ::kill(process_.id(), SIGKILL);
    std::error_code ignored;
    process_.wait(ignored);
    is_killed_ = true;
}

served_program::~served_program() {
    if (is_killed_) return;
    ::kill(process_.id(), SIGTERM);
    std::error_code ignored;
    process_.wait(ignored);
}

double served_program::cpu_seconds() const {
    std::ifstream file{"/proc/" + std::to_string(process_.id()) + "/stat"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    // After the name in parentheses: the state is field 3, utime and stime are 14 and 15 (proc(5)).
    std::istringstream fields{text.substr(text.rfind(')') + 2)};
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::uint64_t served_program::status_bytes(const std::string& name) const {
    std::ifstream file{"/proc/" + std::to_string(process_.id()) + "/status"};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name)) return std::stoull(line.substr(name.size())) * 1024;
    throw std::runtime_error{"the kernel does not tell " + name};
}

std::uint64_t served_program::anonymous_bytes() const { return status_bytes("RssAnon:"); }
std::uint64_t served_program::resident_bytes() const { return status_bytes("VmRSS:"); }

std::uint64_t served_program::descriptors() const {
    const std::filesystem::directory_iterator open{"/proc/" + std::to_string(process_.id()) + "/fd"};
    return static_cast<std::uint64_t>(std::distance(begin(open), end(open)));
}

double served_program::metric(const std::string& name) const {
    test::http_client client{ops_port_};
    std::istringstream lines{client.ask("GET", "/metrics").body};
    double sum = 0;
    bool found = false;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(name) || (line[name.size()] != ' ' && line[name.size()] != '{')) continue;
        sum += std::stod(line.substr(line.rfind(' ') + 1));
        found = true;
    }
    if (!found) throw std::runtime_error{"no metric " + name};
    return sum;
}

std::vector<std::string> serving(const std::string& ledger, const std::string& more_settings) {
    return serving_by(ledger, more_settings);
}

std::vector<std::string> serving_over_tls(const std::string& ledger, const std::string& more_settings) {
    const auto certificate = certificate_of(ledger);
    const auto key = ledger + "/bench-key.pem";
    test::write_certificate(certificate, key, "127.0.0.1");
    return serving_by(ledger, "[server]\ntls_certificate = \"" + certificate + "\"\ntls_key = \"" + key + "\"\n" +
                                  more_settings);
}

std::string certificate_of(const std::string& ledger) { return ledger + "/bench-certificate.pem"; }

std::string output_of(const std::string& program, const std::vector<std::string>& arguments) {
    process::ipstream output;
    process::child running{program, process::args(arguments), process::std_out > output};
    std::string text{std::istreambuf_iterator<char>{output}, {}};
    running.wait();
    if (running.exit_code() != 0) throw std::runtime_error{program + " failed"};
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

} // namespace meguri::bench
