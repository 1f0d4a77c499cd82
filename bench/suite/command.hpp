// The subcommands of meguri-bench: each adds itself to the command line, and is run if it was asked for.
#pragma once

#include "bench/http_load.hpp"
#include "bench/suite/benched_switch.hpp"

#include <boost/json/object.hpp>
#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

namespace meguri::bench {

// A command and what runs it; the status of the process.
struct command {
    CLI::App* parsed;
    std::function<int()> run;
};
[[nodiscard]] command add_load_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_curve_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_overload_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_checkpoint_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_growth_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_soak_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_card_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_peers_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_report_command(CLI::App& to);
[[nodiscard]] command add_micro_command(CLI::App& to, const std::string& default_binary);
[[nodiscard]] command add_compare_command(CLI::App& to);
[[nodiscard]] command add_all_command(CLI::App& to);
[[nodiscard]] command add_restart_command(CLI::App& to, const std::string& default_binary);

// A folder that may be emptied: one that is not there or has nothing in it, or an earlier run's, whose name begins with
// "meguri-bench".
[[nodiscard]] std::string why_not_emptied(const std::string& folder);

// What all loads are told.
struct load_options {
    std::string binary;
    std::string folder;
    std::string json_file; // empty: none
    benched_town town;
    double exponent = 0; // of the choice of wallets
    act_mix mix;
    bool is_over_tls = false;
    std::string more_settings; // of the switch
    load_settings with;

    void add_to(CLI::App& command, const std::string& name);
    // A fresh switch, and the source of what its tills ask.
    [[nodiscard]] benched_switch prepare(act_source& source) const;
};

// "50000/s offered: ..." on one line; why the run is not valid on another.
void print_run(const std::string& name, const load_settings& with, const load_result& result, double cpu_us);
// How many acts of each kind, unless they were payments alone.
void print_acts(const act_source& source);
// Says what the audit found; false where it failed.
bool print_audit(const switch_audit& found);
// {"format": 1, "kind": ..., "valid": ..., "faults": [...], "environment": ..., "runs": [...], ...}; where a file is
// wanted.
void write_record(const load_options& options, std::string_view kind, const std::vector<std::string>& faults,
                  boost::json::array runs, const boost::json::object& more);

// What `report` does. Throws bad_record or std::runtime_error.
void write_report(const std::vector<std::string>& files, const std::string& output);

} // namespace meguri::bench
