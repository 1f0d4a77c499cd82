// meguri-bench micro: the steps of a payment by themselves, by the Google Benchmark programs beside this one.
#include "bench/suite/command.hpp"
#include "bench/suite/environment.hpp"
#include "bench/suite/write_file.hpp"

#include <boost/json.hpp>
#include <boost/process/args.hpp>
#include <boost/process/env.hpp>
#include <boost/process/system.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>
#include <stdexcept>

namespace meguri::bench {
namespace {

namespace json = boost::json;
namespace files = std::filesystem;

struct micro_options {
    std::string programs;
    std::string filter = ".";
    int repetitions = 5;
    double seconds = 0.2;
    std::uint32_t wallets = 100'000;
    std::string folder;
    std::string json_file;
};

std::vector<files::path> programs_in(const std::string& folder) {
    std::vector<files::path> all;
    for (const auto& one : files::directory_iterator{folder})
        if (one.path().filename().string().ends_with("_benchmark")) all.push_back(one.path());
    if (all.empty()) throw std::runtime_error{"no benchmarks in " + folder};
    std::ranges::sort(all);
    return all;
}

// Google Benchmark writes NaN and Infinity, where a counter was 0 in all repetitions, which no JSON may hold.
std::string content_of(const std::string& path) {
    std::ifstream file{path};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    static const std::regex no_number{R"((": )-?(NaN|Infinity))"};
    return std::regex_replace(text, no_number, "$1null");
}

// What it measured; nothing where the filter leaves nothing of it.
json::array run_program(const files::path& program, const micro_options& asked) {
    namespace process = boost::process;
    const auto out = asked.folder + "/out.json";
    files::remove(out);
    const int status = process::system(
        program.string(),
        process::args(
            {"--benchmark_filter=" + asked.filter, "--benchmark_repetitions=" + std::to_string(asked.repetitions),
             "--benchmark_min_time=" + std::to_string(asked.seconds), "--benchmark_display_aggregates_only=true",
             "--benchmark_out=" + out, "--benchmark_out_format=json"}),
        process::env["MEGURI_BENCH_WALLETS"] = std::to_string(asked.wallets), process::env["TMPDIR"] = asked.folder,
        process::env["MEGURI_BENCH_FOLDER"] = asked.folder);
    if (status != 0) throw std::runtime_error{program.string() + " failed"};
    const auto text = content_of(out);
    if (text.empty()) return {};
    return json::parse(text).at("benchmarks").as_array();
}

int run(const micro_options& asked) {
    files::create_directories(asked.folder);
    json::array benchmarks;
    json::array faults;
    for (const auto& program : programs_in(asked.programs))
        for (auto& one : run_program(program, asked)) {
            if (const auto* const error = one.as_object().if_contains("error_message"))
                faults.emplace_back(std::string{one.at("name").as_string()} + ": " + std::string{error->as_string()});
            else
                benchmarks.push_back(std::move(one));
        }
    if (benchmarks.empty()) faults.emplace_back("nothing was measured");
    const bool valid = faults.empty();
    json::object record{{"format", 1},
                        {"kind", "micro"},
                        {"written_at", time_now()},
                        {"valid", valid},
                        {"faults", std::move(faults)},
                        {"environment", environment_of(asked.folder, {{"repetitions", asked.repetitions},
                                                                      {"seconds_at_least", asked.seconds},
                                                                      {"wallets", asked.wallets}})},
                        {"runs", json::array{}},
                        {"benchmarks", std::move(benchmarks)}};
    files::remove_all(asked.folder);
    if (!asked.json_file.empty()) write_file(asked.json_file, json::serialize(record) + '\n');
    return valid ? 0 : 1;
}

} // namespace

command add_micro_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "micro", "Parsing, deciding, encoding, appending, an actor's message, checkpoints, recovery: each by itself");
    auto options = std::make_shared<micro_options>();
    options->programs = (files::path{default_binary}.parent_path() / "bench").string();
    options->folder = (files::temp_directory_path() / "meguri-bench-micro").string();
    parsed->add_option("--programs", options->programs, "the folder of the *_benchmark programs")
        ->check(CLI::ExistingDirectory)
        ->capture_default_str();
    parsed->add_option("--filter", options->filter, "which benchmarks, by a regular expression")->capture_default_str();
    parsed->add_option("--repetitions", options->repetitions)->check(CLI::Range(1, 1'000))->capture_default_str();
    parsed->add_option("--seconds", options->seconds, "of each repetition, at least")
        ->check(CLI::Range(0.001, 600.0))
        ->capture_default_str();
    parsed->add_option("--wallets", options->wallets, "of the ledger of the state store's benchmarks")
        ->check(CLI::Range(1'000, 100'000'000))
        ->capture_default_str();
    parsed->add_option("--data", options->folder, "a folder that is removed afterwards")
        ->check(why_not_emptied)
        ->capture_default_str();
    parsed->add_option("--json", options->json_file, "where the record goes");
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
