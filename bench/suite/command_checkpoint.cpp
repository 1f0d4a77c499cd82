// meguri-bench checkpoint: what a payment notices of the checkpointer's rounds.
#include "bench/suite/bench_session.hpp"
#include "bench/suite/command.hpp"
#include "bench/suite/keeping_up.hpp"
#include "bench/suite/knee.hpp"
#include "bench/suite/recovery.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <memory>

namespace meguri::bench {
namespace {

constexpr double slot_s = 0.1;

struct checkpoint_options : load_options {
    double rate_per_second = 0; // 0: half of what is kept up with
    double limit_ms = 20;
};

struct checkpoints {
    double rounds = 0;
    double busy_s = 0;
};

checkpoints seen_by(const served_program& program) {
    return {program.metric("meguri_checkpoint_rounds_total"), program.metric("meguri_checkpoint_busy_seconds_total")};
}

int run(const checkpoint_options& asked) {
    bench_session session{asked, "checkpoint"};
    auto with = asked.with;
    with.slot_s = slot_s;
    with.rate_per_second =
        asked.rate_per_second > 0 ? asked.rate_per_second : find_knee(session, asked.with).on_time_per_second / 2;
    if (with.rate_per_second == 0) return session.end({});
    const auto before = seen_by(session.benched().program());
    const auto result = session.measure("constant", with);
    const auto after = seen_by(session.benched().program());

    const auto limit_ns = static_cast<std::uint64_t>(asked.limit_ms * 1e6);
    const auto found = stall_in(result, slot_s, limit_ns);
    const bool is_over = found.longest_ns > limit_ns;
    const double rounds = after.rounds - before.rounds;
    std::printf("%.0f rounds of the checkpointer, %.1f s of work; the longest stall %.1f ms, after %.1f s: %s %.0f ms; "
                "%lu of %zu slots of %.0f ms were over it\n",
                rounds, after.busy_s - before.busy_s, static_cast<double>(found.longest_ns) / 1e6, found.at_s,
                is_over ? "OVER" : "within", asked.limit_ms, static_cast<unsigned long>(found.slots_over),
                result.by_slot.size(), slot_s * 1e3);
    if (rounds == 0) session.fail("no checkpoint took place; --seconds or --rate is too small");
    if (result.generator_lagged()) session.fail("the load generator lagged behind its own schedule");
    if (!is_kept_up_with(with.rate_per_second, result)) session.doubt("the rate was not kept up with");
    return session.end({{"checkpoint",
                         {{"rounds", rounds},
                          {"busy_s", after.busy_s - before.busy_s},
                          {"longest_stall_us", static_cast<double>(found.longest_ns) / 1e3},
                          {"stall_at_s", found.at_s},
                          {"stall_limit_us", asked.limit_ms * 1e3},
                          {"slots_over_limit", found.slots_over},
                          {"over_limit", is_over}}}});
}

} // namespace

command add_checkpoint_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "checkpoint", "A constant rate (open loop) while checkpoints are made: latency in slots of 100 ms, the longest "
                      "stall, and whether it was over a limit");
    auto options = std::make_shared<checkpoint_options>();
    options->binary = default_binary;
    options->with.duration_s = 30;
    options->add_to(*parsed, "checkpoint");
    parsed->add_option("--rate", options->rate_per_second, "0: half of the rate that is kept up with")
        ->check(CLI::Range(0.0, 10'000'000.0))
        ->capture_default_str();
    parsed->add_option("--limit", options->limit_ms, "milliseconds of a stall")
        ->check(CLI::Range(0.1, 60'000.0))
        ->capture_default_str();
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
