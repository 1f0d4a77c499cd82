// meguri-bench all: the other commands one after the other, each as a process of its own, and the report of them.
#include "bench/suite/command.hpp"

#include <boost/process/args.hpp>
#include <boost/process/system.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace meguri::bench {
namespace {

namespace files = std::filesystem;

struct all_options {
    std::string folder = "bench-results";
    bool quick = false;
};

struct step {
    std::string command;
    std::vector<std::string> quickly; // what it is told where there is little time
};

std::vector<step> steps() {
    return {{"curve", {"--seconds", "2"}},
            {"overload", {"--seconds", "4"}},
            {"checkpoint", {"--seconds", "10"}},
            {"card", {"--seconds", "1"}},
            {"peers", {"--rounds", "4", "--seconds", "1"}},
            {"restart", {"--payments", "10000", "100000"}},
            {"growth", {"--wallets", "1000", "50000", "--entries", "500000", "--seconds", "3"}},
            {"soak", {"--minutes", "0.5"}},
            {"micro",
             {"--seconds", "0.02", "--wallets", "20000",
              "--filter=-checkpoint_random|merge_8|append_runs|upkeep|look_up"}}};
}

// Its record, also where something in it is not valid; empty where it left none.
std::string run_step(const step& one, const all_options& asked) {
    const auto record = (files::path{asked.folder} / (one.command + ".json")).string();
    files::remove(record);
    std::vector<std::string> arguments{one.command, "--json", record};
    if (asked.quick) arguments.insert(arguments.end(), one.quickly.begin(), one.quickly.end());
    std::printf("== %s\n", one.command.c_str());
    std::fflush(stdout);
    const int status =
        boost::process::system(files::read_symlink("/proc/self/exe").string(), boost::process::args(arguments));
    if (status != 0) std::fprintf(stderr, "meguri-bench: %s ended with status %d\n", one.command.c_str(), status);
    return files::exists(record) ? record : std::string{};
}

// 0 where every command left a record.
int run(const all_options& asked) {
    files::create_directories(asked.folder);
    std::vector<std::string> records;
    const auto all = steps();
    for (const auto& one : all)
        if (auto record = run_step(one, asked); !record.empty()) records.push_back(std::move(record));
    if (!records.empty()) write_report(records, (files::path{asked.folder} / "report.html").string());
    return records.size() == all.size() ? 0 : 1;
}

} // namespace

command add_all_command(CLI::App& to) {
    auto* const parsed = to.add_subcommand(
        "all",
        "curve, overload, checkpoint, card, peers, restart, growth, soak and micro; their records and report.html");
    auto options = std::make_shared<all_options>();
    parsed->add_option("--output", options->folder, "where the records and the report go")->capture_default_str();
    parsed->add_flag("--quick", options->quick, "some minutes instead of a good while");
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
