// meguri-bench peers: the same payment by others, in turns with the switch, so that the machine's drift falls on all.
#include "bench/suite/command.hpp"
#include "bench/suite/peers_record.hpp"
#include "bench/suite/write_file.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace meguri::bench {
namespace {

namespace json = boost::json;

void print(const json::array& rows) {
    for (const auto& value : rows) {
        const auto& row = value.as_object();
        std::printf("%-18s %-9s ", row.at("name").as_string().c_str(), row.at("status").as_string().c_str());
        if (row.at("status").as_string() != "measured") {
            std::printf("%s\n", row.at("detail").as_string().c_str());
            continue;
        }
        const auto rounds = json::value_to<std::vector<double>>(row.at("rounds"));
        std::printf("median %9.0f/s (%.0f to %.0f)  p50 %.0f us  p99 %.0f us\n", row.at("per_second").as_double(),
                    std::ranges::min(rounds), std::ranges::max(rounds), row.at("p50_us").as_double(),
                    row.at("p99_us").as_double());
    }
}

void add_options(CLI::App& command, peers_options& options) {
    command.add_option("--meguri", options.meguri, "the switch")->capture_default_str();
    command.add_option("--constant", options.constant, "its front end alone")->capture_default_str();
    command.add_option("--data", options.folder, "a folder that is emptied first and removed afterwards")
        ->check(why_not_emptied)
        ->capture_default_str();
    command.add_option("--json", options.json, "where the record goes");
    command.add_option("--rounds", options.rounds, "of all, in turns")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    command.add_option("--seconds", options.seconds, "of each load")->check(CLI::Range(1, 600))->capture_default_str();
}

// 0 where every peer was measured and checks out.
int run(const peers_options& options) {
    const auto record =
        measure_peers({meguri_kind(options.meguri), postgres_kind(), redis_kind(1), redis_kind(16), lmdb_kind(),
                       constant_kind(options.constant), nginx_kind(), appended_sync_kind(), direct_write_kind()},
                      options);
    print(record.at("rows").as_array());
    if (!options.json.empty()) write_file(options.json, json::serialize(record) + '\n');
    return record.at("valid").as_bool() ? 0 : 1;
}

} // namespace

command add_peers_command(CLI::App& to, const std::string& default_binary) {
    const auto options = std::make_shared<peers_options>();
    options->meguri = default_binary;
    options->constant = (std::filesystem::path{default_binary}.parent_path() / "bench" / "http_constant").string();
    options->folder = (std::filesystem::temp_directory_path() / "meguri-bench-peers").string();
    auto* const parsed = to.add_subcommand("peers", "The same payments by others, in turns with the switch");
    add_options(*parsed, *options);
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
