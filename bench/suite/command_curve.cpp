// meguri-bench curve: how latency grows with the rate, up to saturation and beyond.
#include "bench/suite/bench_session.hpp"
#include "bench/suite/command.hpp"
#include "bench/suite/keeping_up.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

namespace meguri::bench {
namespace {

constexpr std::array shares{0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5}; // of the closed loop's rate
constexpr std::uint64_t objective_ns = 5'000'000;                                    // p99

bool meets_objective(const load_settings& with, const load_result& result) {
    return is_kept_up_with(with.rate_per_second, result) && result.latency.percentile_ns(0.99) < objective_ns;
}

int run(const load_options& asked) {
    bench_session session{asked, "curve"};
    double knee = 0;
    double highest = 0;
    auto with = asked.with;
    const double saturated = session.measure("saturated", with).per_second();
    for (const double share : shares) {
        with.rate_per_second = share * saturated;
        ++with.seed;
        const auto name = std::to_string(static_cast<int>(share * 100)) + " %";
        const auto result = session.measure(name, with);
        if (meets_objective(with, result)) highest = std::max(highest, with.rate_per_second);
        if (is_kept_up_with(with.rate_per_second, result)) knee = std::max(knee, with.rate_per_second);
        // Beyond saturation generator and switch contend for the cores: those points are marked, the others stand.
        if (result.generator_lagged()) session.doubt("at " + name + " the load generator lagged behind");
    }
    std::printf("knee: %.0f/s, the highest rate that was kept up with; %.0f/s with p99 < %d ms\n", knee, highest,
                static_cast<int>(objective_ns / 1'000'000));
    if (knee == 0) session.fail("no rate was kept up with");
    return session.end({{"knee_per_second", knee}, {"highest_within_objective_per_second", highest}});
}

} // namespace

command add_curve_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "curve", "Rates from a tenth of what a closed loop reaches to one and a half of it, each as an open loop");
    auto options = std::make_shared<load_options>();
    options->binary = default_binary;
    options->with.duration_s = 5;
    options->add_to(*parsed, "curve");
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
