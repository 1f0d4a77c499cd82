#include "tests/operation/prometheus_process.hpp"

#include "tests/support/child_process.hpp"
#include "tests/support/http_client.hpp"

#include <cctype>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <thread>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace meguri::test {
namespace {

constexpr auto listens_within = std::chrono::seconds{30};

// For the value of a query parameter.
std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0) {
            encoded += c;
        } else {
            char code[4];
            std::snprintf(code, sizeof code, "%%%02X", byte);
            encoded += code;
        }
    }
    return encoded;
}

// Whether it has not ended yet; it is still to be waited for.
bool runs(pid_t pid) {
    siginfo_t ended{};
    return ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0;
}

std::string seconds_text(prometheus_process::instant at) {
    return std::to_string(std::chrono::duration<double>{at.time_since_epoch()}.count());
}

} // namespace

prometheus_process::prometheus_process(std::uint16_t ops_port, const std::vector<std::filesystem::path>& rule_files) {
    const auto settings = folder_ / "prometheus.yml";
    std::ofstream out{settings};
    out << "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nrule_files:";
    if (rule_files.empty()) out << " []";
    for (const auto& one : rule_files) out << "\n  - " << one;
    out << "\nscrape_configs:\n  - job_name: meguri\n    static_configs: [{targets: ['127.0.0.1:" << ops_port
        << "']}]\n";
    out.close();
    const auto started =
        start_program("/usr/bin/prometheus",
                      {"--config.file=" + settings.string(), "--storage.tsdb.path=" + (folder_ / "data").string(),
                       "--web.listen-address=127.0.0.1:0", "--log.level=info"},
                      (folder_ / "log").string());
    pid_ = started.pid;
    output_ = started.output;
    try {
        wait_until_it_listens();
    } catch (...) {
        ::kill(pid_, SIGKILL);
        (void)wait_for_end(pid_);
        ::close(output_);
        throw;
    }
}

prometheus_process::~prometheus_process() {
    ::kill(pid_, SIGKILL);
    (void)wait_for_end(pid_);
    ::close(output_);
}

std::string prometheus_process::log() const {
    std::ifstream in{folder_ / "log"};
    return {std::istreambuf_iterator<char>{in}, {}};
}

// It tells the port that it was given in its log alone, and is ready somewhat later than it listens.
void prometheus_process::wait_until_it_listens() {
    static const std::regex listening{R"(msg="Listening on" address=127\.0\.0\.1:(\d+))"};
    const auto end = std::chrono::steady_clock::now() + listens_within;
    while (std::chrono::steady_clock::now() < end && runs(pid_)) {
        const auto said = log();
        std::smatch found;
        if (std::regex_search(said, found, listening) && said.find("Server is ready to receive") != std::string::npos) {
            port_ = static_cast<std::uint16_t>(std::stoi(found[1]));
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    throw std::runtime_error{"/usr/bin/prometheus does not listen (./dev test installs it): " + log()};
}

boost::json::value prometheus_process::ask(const std::string& path_and_query) const {
    http_client once{port_};
    once.send("GET " + path_and_query + " HTTP/1.0\r\nHost: localhost\r\n\r\n"); // 1.0: the answer comes in no chunks
    std::string reply;
    while (!once.at_end()) reply += once.read_available(0);
    const auto body = reply.find("\r\n\r\n");
    boost::system::error_code failed;
    auto answer = boost::json::parse(body == std::string::npos ? reply : reply.substr(body + 4), failed);
    if (failed) throw std::runtime_error{"Prometheus did not answer with JSON: " + reply};
    return answer;
}

boost::json::value prometheus_process::query(const std::string& expression, instant at) const {
    return ask("/api/v1/query?query=" + percent_encoded(expression) + "&time=" + seconds_text(at));
}

boost::json::value prometheus_process::query_range(const std::string& expression, instant from, instant until) const {
    return ask("/api/v1/query_range?query=" + percent_encoded(expression) + "&start=" + seconds_text(from) +
               "&end=" + seconds_text(until) + "&step=1");
}

} // namespace meguri::test
