// What a durable payment over HTTP costs beside the same front end answering a constant: processes of their own, loaded
// in turns by one generator on the same cores with the same bytes, so that the machine's drift falls on all. With more
// than one switch named, they are compared with each other too: two builds, or one build under two settings (a script
// that adds `--config`).
#include "bench/demo_town.hpp"
#include "bench/http_load.hpp"
#include "bench/payment_source.hpp"
#include "bench/served_program.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace meguri::bench;

struct loaded {
    double per_second = 0;
    double cpu_us = 0; // of the server, a request
};

loaded load_once(const std::string& name, const served_program& server, payment_source& source, load_settings with,
                 latency_histogram& latency) {
    with.port = server.port();
    const double cpu_before = server.cpu_seconds();
    const auto answers_before = source.answers();
    const auto result = run_http_load(with, source);
    const double cpu_us =
        (server.cpu_seconds() - cpu_before) * 1e6 / static_cast<double>(source.answers() - answers_before);
    latency.merge(result.latency);
    std::printf("%-12s %s  server CPU %.1f us\n", name.c_str(), describe(result).c_str(), cpu_us);
    std::fflush(stdout);
    return {result.per_second(), cpu_us};
}

double median(std::vector<double> of) {
    std::ranges::sort(of);
    return of[of.size() / 2];
}

// One switch on a fresh ledger, with what it reached in each round.
class contender {
public:
    contender(std::string name, const std::string& binary, const std::string& folder, std::uint32_t residents)
        : name_{std::move(name)},
          key_{emptied_and_made(binary, folder)},
          server_{binary, serving(folder)} {
        api_session api{server_.port(), key_};
        const auto town = make_demo_town(api, residents, "ratio");
        // One program and the tills that accept it: every payment is approved.
        for (const auto& till : town.tills)
            if (std::ranges::find(till.programs, "042021") != till.programs.end()) source_.add_till(till.key);
        for (const auto& one : town.residents)
            if (one.program == "042021") source_.add_code(one.program, one.code);
    }

    void load(const load_settings& with, double per_second_of_constant) {
        const auto reached = load_once(name_, server_, source_, with, latency_);
        ratios_.push_back(reached.per_second / per_second_of_constant);
        cpu_us_.push_back(reached.cpu_us);
    }

    void report() const {
        std::printf("%s / constant: median %.3f (%.3f to %.3f), p99 over all rounds %.2f ms, server CPU a payment, "
                    "median %.1f us; declined %lu, not answered 201: %lu\n",
                    name_.c_str(), median(ratios_), std::ranges::min(ratios_), std::ranges::max(ratios_),
                    static_cast<double>(latency_.percentile_ns(0.99)) / 1e6, median(cpu_us_),
                    static_cast<unsigned long>(source_.declined()), static_cast<unsigned long>(source_.unexpected()));
    }
    [[nodiscard]] bool is_flawless() const { return source_.unexpected() == 0 && source_.declined() == 0; }
    // The same bytes for the constant.
    [[nodiscard]] payment_source& source() noexcept { return source_; }

private:
    static std::string emptied_and_made(const std::string& binary, const std::string& folder) {
        std::filesystem::remove_all(folder);
        return output_of(binary, {"init", "--data", folder});
    }

    std::string name_;
    std::string key_; // the operator's
    served_program server_;
    payment_source source_{"ratio"};
    std::vector<double> ratios_;
    std::vector<double> cpu_us_;
    latency_histogram latency_;
};

} // namespace

int main(int argc, char** argv) try {
    CLI::App options{"Payments over HTTP beside the same front end answering a constant"};
    const auto here = std::filesystem::path{argv[0]}.parent_path();
    std::vector<std::string> binaries{(here / ".." / "meguri").string()};
    std::string folder = (std::filesystem::temp_directory_path() / "meguri-bench-http-ratio").string();
    std::uint32_t residents = 3'000;
    int rounds = 5;
    load_settings with;
    options.add_option("--meguri", binaries, "the switch, or several to compare")
        ->expected(1, 16)
        ->capture_default_str();
    options.add_option("--data", folder, "a folder that is emptied first")->capture_default_str();
    options.add_option("--residents", residents)->capture_default_str();
    options.add_option("--rounds", rounds, "of all, in turns")->capture_default_str();
    options.add_option("--connections", with.connections)->capture_default_str();
    options.add_option("--seconds", with.duration_s, "of each load, after 1 s of warm-up")->capture_default_str();
    CLI11_PARSE(options, argc, argv);

    std::filesystem::remove_all(folder);
    const served_program constant{(here / "http_constant").string(), {}};
    std::vector<std::unique_ptr<contender>> contenders;
    for (const auto& binary : binaries) {
        const auto number = std::to_string(contenders.size() + 1);
        const auto name = binaries.size() == 1 ? "payments" : "payments " + number;
        const auto own_folder = std::filesystem::path{folder} / number;
        contenders.push_back(std::make_unique<contender>(name, binary, own_folder.string(), residents));
    }
    latency_histogram latency_of_constant;
    for (int round = 0; round < rounds; ++round) {
        const auto limit = load_once("constant", constant, contenders.front()->source(), with, latency_of_constant);
        for (const auto& one : contenders) one->load(with, limit.per_second);
    }
    for (const auto& one : contenders) one->report();
    const bool flawless = std::ranges::all_of(contenders, [](const auto& one) { return one->is_flawless(); });
    contenders.clear();
    std::filesystem::remove_all(folder);
    return flawless ? 0 : 1;
} catch (const std::exception& why) {
    std::fprintf(stderr, "http_ratio: %s\n", why.what());
    return 1;
}
