// meguri-bench overload: twice the rate that the switch keeps up with, and how long it takes to be as before.
#include "bench/suite/bench_session.hpp"
#include "bench/suite/command.hpp"
#include "bench/suite/knee.hpp"
#include "bench/suite/recovery.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace meguri::bench {
namespace {

constexpr double slot_s = 0.25;

struct overload_options : load_options {
    double knee_per_second = 0; // 0: is looked for
    double times = 2;           // the knee
    double before_s = 5;
    double recover_within_s = 15;
};

double ms(std::uint64_t ns) { return static_cast<double>(ns) / 1e6; }

boost::json::object shown(const load_result& overload) {
    const auto accepted = static_cast<double>(overload.responses - overload.shed) / overload.seconds;
    const auto shed = static_cast<double>(overload.shed) / overload.seconds;
    std::printf("overload: %.0f/s answered with a decision (p50 %.1f ms, p99 %.1f ms), %.0f/s shed with 503\n",
                accepted, ms(overload.latency.percentile_ns(0.5)), ms(overload.latency.percentile_ns(0.99)), shed);
    return {{"seconds", overload.seconds},
            {"accepted_per_second", accepted},
            {"shed_per_second", shed},
            {"shed_share", shed / std::max(shed + accepted, 1.0)},
            {"accepted_p50_us", ms(overload.latency.percentile_ns(0.5)) * 1e3},
            {"accepted_p99_us", ms(overload.latency.percentile_ns(0.99)) * 1e3}};
}

boost::json::object shown(const recovery& found, const load_result& before) {
    std::printf("recovery: %s %.2f s (p99 before %.1f ms; wanted %.1f ms in every %.2f s)\n",
                found.recovered ? "as before after" : "NOT as before within", found.seconds,
                ms(before.latency.percentile_ns(0.99)), ms(found.wanted_ns), slot_s);
    return {{"recovered", found.recovered},
            {"seconds", found.seconds},
            {"p99_before_us", ms(before.latency.percentile_ns(0.99)) * 1e3},
            {"p99_wanted_us", ms(found.wanted_ns) * 1e3}};
}

int run(const overload_options& asked) {
    bench_session session{asked, "overload"};
    const knee found =
        asked.knee_per_second > 0 ? knee{asked.knee_per_second, asked.knee_per_second} : find_knee(session, asked.with);
    if (found.on_time_per_second == 0) return session.end({});
    auto half = asked.with;
    half.rate_per_second = std::min(found.per_second / 2, found.on_time_per_second);
    half.slot_s = slot_s;
    half.duration_s = asked.before_s;
    const auto before = session.measure("before", half);

    auto twice = asked.with;
    twice.rate_per_second = found.per_second * asked.times;
    twice.warm_up_s = 0;
    const auto overload = session.measure("overload", twice);
    half.warm_up_s = 0;
    half.duration_s = asked.recover_within_s;
    const auto after = session.measure("after", half);

    const auto recovered = recovery_after(before, overload, after, slot_s);
    auto overload_told = shown(overload);
    if (!recovered.recovered) session.fail("it was not as before within --recover-within");
    if (overload.shed == 0) session.doubt("nothing was shed: more connections or a deeper pipeline would overload it");
    if (overload.connections_lost + after.connections_lost > 0) session.fail("connections were lost");
    if (overload.generator_lagged()) session.doubt("in the overload the load generator lagged behind");
    return session.end({{"knee_per_second", found.per_second},
                        {"offered_per_second", twice.rate_per_second},
                        {"overload", std::move(overload_told)},
                        {"recovery", shown(recovered, before)}});
}

} // namespace

command add_overload_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "overload", "Twice the rate that is kept up with (open loop): what is answered, what is shed, what waits, and "
                    "how long until half the rate is answered as before; nothing acknowledged may be lost");
    auto options = std::make_shared<overload_options>();
    options->binary = default_binary;
    options->with.connections = 1024;
    options->with.pipeline = 32; // more than the switch admits, or nothing would be shed
    options->add_to(*parsed, "overload");
    parsed->add_option("--rate", options->knee_per_second, "that is kept up with; 0: is looked for first")
        ->check(CLI::Range(0.0, 10'000'000.0))
        ->capture_default_str();
    parsed->add_option("--times", options->times, "of that rate")->check(CLI::Range(1.0, 100.0))->capture_default_str();
    parsed->add_option("--recover-within", options->recover_within_s, "seconds")
        ->check(CLI::Range(2.0, 3'600.0))
        ->capture_default_str();
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
