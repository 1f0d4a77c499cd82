// The played gateway as a process of its own, to be killed and started again on the same payments and the same port.
#pragma once

#include "tests/support/child_process.hpp"
#include "tests/support/http_client.hpp"

#include <boost/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace meguri::test {

class gateway_process {
public:
    static constexpr const char* key = "gateway-key";
    static constexpr const char* secret = "webhook-secret";

    gateway_process(std::string program, std::filesystem::path folder)
        : program_{std::move(program)},
          folder_{std::move(folder)} {
        std::ofstream{folder_ / "gateway.key"} << key << '\n';
        std::ofstream{folder_ / "gateway.secret"} << secret << '\n';
        start();
    }
    ~gateway_process() { kill(); }
    gateway_process(const gateway_process&) = delete;
    gateway_process& operator=(const gateway_process&) = delete;

    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        static_cast<void>(wait_for_end(pid_));
        pid_ = -1;
    }
    // Its events go to that port of the switch from now on.
    void start(std::uint16_t switch_port = 1) {
        kill();
        const auto child = start_program(program_,
                                         {(folder_ / "gateway.json").string(), key, secret,
                                          "http://127.0.0.1:" + std::to_string(switch_port) + "/v1/gateway/events",
                                          std::to_string(port_)},
                                         (folder_ / "gateway.log").string());
        pid_ = child.pid;
        std::string line;
        for (char one = 0; ::read(child.output, &one, 1) == 1 && one != '\n';) line += one;
        ::close(child.output);
        if (line.empty()) throw std::runtime_error{"the gateway does not start"};
        port_ = static_cast<std::uint16_t>(std::stoi(line));
    }
    [[nodiscard]] std::string settings(std::int64_t give_up_s = 600) const {
        return "[gateway]\nurl = \"http://127.0.0.1:" + std::to_string(port_) + "\"\nkey_file = \"" +
               (folder_ / "gateway.key").string() + "\"\nwebhook_secret_file = \"" +
               (folder_ / "gateway.secret").string() +
               "\"\nreturn_url = \"https://points.example.jp/back\"\ngive_up_s = " + std::to_string(give_up_s) +
               "\npoll_ms = 300\n";
    }
    boost::json::value ask(const std::string& method, const std::string& target, const boost::json::value& body = {}) {
        http_client http{port_};
        const auto got = http.ask(method, target, {{"Content-Type", "application/json"}}, boost::json::serialize(body));
        return boost::json::parse(got.body);
    }
    void set(const boost::json::value& faults) { ask("POST", "/control/faults", faults); }
    boost::json::object payments() { return ask("GET", "/control/payments").as_object(); }
    // As the gateway itself would do it.
    void make(const std::string& payment, const std::string& status) {
        ask("POST", "/control/payments/" + payment + '/' + status);
    }

private:
    const std::string program_;
    const std::filesystem::path folder_;
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
};

} // namespace meguri::test
