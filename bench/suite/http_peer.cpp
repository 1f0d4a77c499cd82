// What is loaded over HTTP, by the same client with the same bytes: the switch itself, its front end answering a
// constant, and nginx answering one.
#include "bench/demo_town.hpp"
#include "bench/payment_source.hpp"
#include "bench/served_program.hpp"
#include "bench/suite/peer.hpp"
#include "bench/suite/peer_process.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace meguri::bench {
namespace {

constexpr std::uint32_t town_residents = 3'000;
constexpr const char* program_code = "042021";

peer_round load_over_http(std::uint16_t port, payment_source& source, double seconds, std::uint64_t& lost) {
    load_settings settings;
    settings.port = port;
    settings.duration_s = seconds;
    auto result = run_http_load(settings, source);
    lost += result.connections_lost;
    return {result.per_second(), result.latency};
}

std::vector<std::string> faults_of_answers(const payment_source& source, std::uint64_t lost) {
    std::vector<std::string> faults;
    const auto note = [&](std::uint64_t count, const char* what) {
        if (count > 0) faults.push_back(std::to_string(count) + what);
    };
    if (source.answers() == 0) faults.emplace_back("no request was answered");
    note(source.unexpected(), " answers other than 201");
    note(source.declined(), " payments declined");
    note(lost, " connections lost");
    return faults;
}

// How many payments `meguri verify` found with their decision in the journal.
std::uint64_t payments_in(const std::string& verified) {
    std::istringstream lines{verified};
    for (std::string line; std::getline(lines, line);)
        if (line.ends_with("payments: the sum of lots of their own program")) return std::stoull(line);
    throw std::runtime_error{"meguri verify does not tell how many payments it saw"};
}

class constant_peer final : public peer {
public:
    explicit constant_peer(const std::string& program) : server_{program, {}} {
        source_.add_till("te_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG");
        source_.add_code(program_code, "4B7KQ2M9XT1ZL5C8");
    }
    peer_round measure(double seconds) override { return load_over_http(server_.port(), source_, seconds, lost_); }
    std::vector<std::string> faults() override { return faults_of_answers(source_, lost_); }

private:
    served_program server_;
    payment_source source_{"constant"};
    std::uint64_t lost_ = 0;
};

class nginx_peer final : public peer {
public:
    explicit nginx_peer(const std::string& folder) : port_{free_port()} {
        std::ofstream{folder + "/nginx.conf"}
            << "daemon off; worker_processes 1; pid " << folder << "/nginx.pid; error_log " << folder
            << "/error.log; events { worker_connections 1024; } http { access_log off; keepalive_requests 1000000000;"
            << " client_body_temp_path " << folder << "/body; proxy_temp_path " << folder
            << "/proxy; fastcgi_temp_path " << folder << "/fastcgi; uwsgi_temp_path " << folder
            << "/uwsgi; scgi_temp_path " << folder << "/scgi; server { listen 127.0.0.1:" << port_
            << "; location / { default_type application/json; return 201 '{\"status\":\"captured\",\"note\":\""
            << std::string(370, 'x') << "\"}'; } } }";
        server_.emplace(std::vector<std::string>{find_program("nginx", "nginx-light"), "-p", folder, "-e",
                                                 folder + "/error.log", "-c", folder + "/nginx.conf"},
                        folder + "/server.log", SIGTERM);
        server_->wait_until([&] { return std::filesystem::exists(folder + "/nginx.pid"); });
        source_.add_till("te_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG");
        source_.add_code(program_code, "4B7KQ2M9XT1ZL5C8");
    }
    peer_round measure(double seconds) override { return load_over_http(port_, source_, seconds, lost_); }
    std::vector<std::string> faults() override { return faults_of_answers(source_, lost_); }

private:
    std::uint16_t port_;
    std::optional<peer_process> server_;
    payment_source source_{"nginx"};
    std::uint64_t lost_ = 0;
};

class meguri_peer final : public peer {
public:
    meguri_peer(const std::string& program, const std::string& folder)
        : program_{program},
          ledger_{folder + "/ledger"},
          key_{output_of(program, {"init", "--data", ledger_})},
          server_{std::in_place, program, serving(ledger_)} {
        api_session api{server_->port(), key_};
        const auto town = make_demo_town(api, town_residents, "peers");
        for (const auto& till : town.tills)
            if (std::ranges::find(till.programs, program_code) != till.programs.end()) source_.add_till(till.key);
        for (const auto& one : town.residents)
            if (one.program == program_code) source_.add_code(one.program, one.code);
    }

    peer_round measure(double seconds) override { return load_over_http(server_->port(), source_, seconds, lost_); }

    // Its own verification replays the journal and compares every balance, after the switch has ended; every payment
    // is of one point, so that their number is their sum.
    std::vector<std::string> faults() override {
        server_.reset();
        auto found = faults_of_answers(source_, lost_);
        try {
            const auto paid = payments_in(output_of(program_, {"verify", "--data", ledger_}));
            if (paid != source_.answers())
                found.push_back("payments in the journal: " + std::to_string(paid) + " instead of " +
                                std::to_string(source_.answers()));
        } catch (const std::runtime_error& why) {
            found.emplace_back(why.what());
        }
        return found;
    }

private:
    std::string program_;
    std::string ledger_;
    std::string key_; // the operator's
    std::optional<served_program> server_;
    payment_source source_{"peers"};
    std::uint64_t lost_ = 0;
};

} // namespace

peer_kind constant_kind(const std::string& program) {
    return {"front end alone", "none", "one constant answer over HTTP, 64 connections",
            [program] {
                if (!std::filesystem::exists(program)) throw missing_peer{program + " was not built"};
                return std::string{};
            },
            [program](const std::string&) { return std::make_unique<constant_peer>(program); }};
}

peer_kind nginx_kind() {
    return {"nginx", "none", "one constant answer over HTTP, 64 connections, one worker",
            [] {
                // It says its version on standard error; the shell only turns that round.
                return output_of_command({"/bin/sh", "-c", "exec \"$0\" -v 2>&1", find_program("nginx", "nginx-light")},
                                         "/dev/null");
            },
            [](const std::string& folder) { return std::make_unique<nginx_peer>(folder); }};
}

peer_kind meguri_kind(const std::string& program) {
    return {"Meguri", "default: a payment is on disk before its answer",
            std::string{payment_work} + ", and all that a payment is over HTTP; 64 connections",
            [program] { return output_of(program, {"--version"}); },
            [program](const std::string& folder) { return std::make_unique<meguri_peer>(program, folder); }};
}

} // namespace meguri::bench
