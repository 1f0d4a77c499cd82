// meguri-bench load: one load, open or closed loop, and its audit.
#include "bench/suite/command.hpp"
#include "bench/suite/load_record.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <memory>

namespace meguri::bench {
namespace {

int run(const load_options& asked) {
    payment_source source{"load"};
    auto benched = asked.prepare(source);
    auto with = asked.with;
    with.port = benched.serve().port();
    const double cpu_before = benched.program().cpu_seconds();
    const auto result = run_http_load(with, source);
    const double cpu_us = (benched.program().cpu_seconds() - cpu_before) * 1e6 /
                          static_cast<double>(std::max<std::uint64_t>(source.answers(), 1));
    print_run("load", with, result, cpu_us);
    auto recorded = run_of("load", with, result);
    recorded["server"] =
        boost::json::object{{"cpu_us_per_request", cpu_us}, {"anonymous_bytes", benched.program().anonymous_bytes()}};
    const auto found = benched.audit(source);
    const bool passed = print_audit(found);
    recorded["audit"] = audit_of(found);
    std::filesystem::remove_all(asked.folder);

    std::vector<std::string> faults;
    if (!passed) faults.emplace_back("the audit failed");
    if (result.generator_lagged()) faults.emplace_back("the load generator lagged behind its own schedule");
    if (result.connections_lost > 0) faults.emplace_back("connections were lost");
    if (result.unanswered > 0) faults.emplace_back("requests were left unanswered");
    if (source.unexpected() > source.shed()) faults.emplace_back("answers were neither decisions nor 503");
    if (found.acknowledged == 0) faults.emplace_back("nothing was acknowledged");
    const int status = faults.empty() ? 0 : 1;
    write_record(asked, "load", faults, {std::move(recorded)}, {});
    return status;
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
