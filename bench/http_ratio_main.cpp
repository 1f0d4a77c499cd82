// What a durable payment over HTTP costs beside the same front end answering a constant: both as processes of their
// own, loaded in turns by one generator on the same cores with the same bytes, so that the machine's drift falls on
// both.
#include "bench/demo_town.hpp"
#include "bench/http_load.hpp"
#include "bench/payment_source.hpp"
#include "bench/served_program.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <vector>

namespace {

using namespace meguri::bench;

struct round_result {
    double per_second = 0;
    double cpu_us = 0; // of the server, a request
};

round_result load_once(const char* name, const served_program& server, payment_source& source, load_settings with,
                       latency_histogram& latency) {
    with.port = server.port();
    const double cpu_before = server.cpu_seconds();
    const auto answers_before = source.answers();
    const auto result = run_http_load(with, source);
    const double cpu_us =
        (server.cpu_seconds() - cpu_before) * 1e6 / static_cast<double>(source.answers() - answers_before);
    latency.merge(result.latency);
    std::printf("%-10s %s  server CPU %.1f us\n", name, describe(result).c_str(), cpu_us);
    std::fflush(stdout);
    return {result.per_second(), cpu_us};
}

double median(std::vector<double> of) {
    std::ranges::sort(of);
    return of[of.size() / 2];
}

} // namespace

int main(int argc, char** argv) try {
    CLI::App options{"Payments over HTTP beside the same front end answering a constant"};
    const auto here = std::filesystem::path{argv[0]}.parent_path();
    std::string binary = (here / ".." / "meguri").string();
    std::string folder = (std::filesystem::temp_directory_path() / "meguri-bench-http-ratio").string();
    std::uint32_t residents = 3'000;
    int rounds = 5;
    load_settings with;
    options.add_option("--meguri", binary, "the switch")->capture_default_str();
    options.add_option("--data", folder, "a folder that is emptied first")->capture_default_str();
    options.add_option("--residents", residents)->capture_default_str();
    options.add_option("--rounds", rounds, "of both, in turns")->capture_default_str();
    options.add_option("--connections", with.connections)->capture_default_str();
    options.add_option("--seconds", with.duration_s, "of each load, after 1 s of warm-up")->capture_default_str();
    CLI11_PARSE(options, argc, argv);

    std::filesystem::remove_all(folder);
    const auto key = output_of(binary, {"init", "--data", folder});
    const served_program constant{(here / "http_constant").string(), {}};
    const served_program payments{
        binary, {"serve", "--data", folder, "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"}};
    api_session api{payments.port(), key};
    const auto town = make_demo_town(api, residents, "ratio");
    payment_source source{"ratio"};
    // One program and the tills that accept it: every payment is approved.
    for (const auto& till : town.tills)
        if (std::ranges::find(till.programs, "042021") != till.programs.end()) source.add_till(till.key);
    for (const auto& one : town.residents)
        if (one.program == "042021") source.add_code(one.program, one.code);

    std::vector<double> ratios;
    std::vector<double> cpu;
    latency_histogram latency;
    latency_histogram latency_of_constant;
    for (int round = 0; round < rounds; ++round) {
        const auto without = load_once("constant", constant, source, with, latency_of_constant);
        const auto paid = load_once("payments", payments, source, with, latency);
        ratios.push_back(paid.per_second / without.per_second);
        cpu.push_back(paid.cpu_us);
    }
    std::printf("payments / constant: median %.3f (%.3f to %.3f); payments p99 %.2f ms over all rounds; server CPU a "
                "payment, median %.1f us; declined %lu, not answered 201: %lu\n",
                median(ratios), std::ranges::min(ratios), std::ranges::max(ratios),
                static_cast<double>(latency.percentile_ns(0.99)) / 1e6, median(cpu),
                static_cast<unsigned long>(source.declined()), static_cast<unsigned long>(source.unexpected()));
    std::filesystem::remove_all(folder);
    return source.unexpected() == 0 && source.declined() == 0 ? 0 : 1;
} catch (const std::exception& why) {
    std::fprintf(stderr, "http_ratio: %s\n", why.what());
    return 1;
}
