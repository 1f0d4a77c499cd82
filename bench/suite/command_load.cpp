// meguri-bench load: one load, open or closed loop, and its audit.
#include "bench/suite/bench_session.hpp"
#include "bench/suite/command.hpp"

#include <memory>

namespace meguri::bench {
namespace {

int run(const load_options& asked) {
    bench_session session{asked, "load"};
    const auto result = session.measure("load", asked.with);
    if (result.generator_lagged()) session.fail("the load generator lagged behind its own schedule");
    if (result.connections_lost > 0) session.fail("connections were lost");
    if (result.unanswered > 0) session.fail("requests were left unanswered");
    return session.end({});
}

} // namespace

command add_load_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "load", "One load on a fresh switch, then the audit: every acknowledged payment must be in the ledger once");
    auto options = std::make_shared<load_options>();
    options->binary = default_binary;
    options->add_to(*parsed, "load");
    parsed
        ->add_option("--rate", options->with.rate_per_second,
                     "payments a second that arrive (Poisson), measured from their arrival; 0: closed loop")
        ->check(CLI::Range(0.0, 10'000'000.0))
        ->capture_default_str();
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
