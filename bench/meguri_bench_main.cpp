// meguri-bench: loads for the switch, as a program for load testers.
#include "bench/suite/command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>

int main(int argc, char** argv) try {
    using namespace meguri::bench;
    CLI::App options{
        "Loads for the switch of municipal points. Client and server share this machine's cores: the generator "
        "keeps to the last one."};
    options.name("meguri-bench");
    options.require_subcommand(1);
    const auto binary = (std::filesystem::path{argv[0]}.parent_path() / ".." / "meguri").string();
    const std::array commands{add_load_command(options, binary),
                              add_curve_command(options, binary),
                              add_overload_command(options, binary),
                              add_checkpoint_command(options, binary),
                              add_growth_command(options, binary),
                              add_soak_command(options, binary),
                              add_peers_command(options, binary),
                              add_restart_command(options, binary),
                              add_report_command(options),
                              add_micro_command(options, binary),
                              add_compare_command(options),
                              add_card_command(options, binary),
                              add_all_command(options)};
    CLI11_PARSE(options, argc, argv);
    const auto asked = std::ranges::find_if(commands, [](const auto& one) { return one.parsed->parsed(); });
    return asked->run();
} catch (const std::exception& why) {
    std::fprintf(stderr, "meguri-bench: %s\n", why.what());
    return 1;
}
