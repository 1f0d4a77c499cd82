// meguri-bench soak: a constant rate for long, and what grows meanwhile.
#include "bench/suite/bench_session.hpp"
#include "bench/suite/command.hpp"
#include "bench/suite/keeping_up.hpp"
#include "bench/suite/knee.hpp"
#include "bench/suite/memory_growth.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

namespace meguri::bench {
namespace {

struct soak_options : load_options {
    double minutes = 10;
    double rate_per_second = 0; // 0: half of what is kept up with
    double sample_s = 10;
    double growth_mb = 64;
};

struct process_sample {
    double at_s = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t anonymous_bytes = 0;
    std::uint64_t descriptors = 0;
};

// Samples of a process, taken by a thread of its own while a load runs on the calling one.
class sampler {
public:
    sampler(const served_program& of, double every_s)
        : thread_{[this, &of, every_s](const std::stop_token& stop) {
              const auto begun = std::chrono::steady_clock::now();
              std::unique_lock lock{mutex_};
              for (int i = 0; !stop.stop_requested(); ++i) {
                  samples_.push_back({i * every_s, of.resident_bytes(), of.anonymous_bytes(), of.descriptors()});
                  const std::chrono::duration<double> until{(i + 1) * every_s};
                  ended_.wait_until(lock, stop,
                                    begun + std::chrono::duration_cast<std::chrono::steady_clock::duration>(until),
                                    [] { return false; });
              }
          }} {}
    [[nodiscard]] std::vector<process_sample> end() {
        thread_ = {}; // asks it to stop, and waits
        return std::move(samples_);
    }

private:
    std::mutex mutex_;
    std::condition_variable_any ended_;
    std::vector<process_sample> samples_;
    std::jthread thread_;
};

boost::json::array shown(const std::vector<process_sample>& samples, const load_result& result) {
    boost::json::array all;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto& one = samples[i];
        const auto* const slot = i < result.by_slot.size() ? &result.by_slot[i] : nullptr;
        const std::uint64_t answered = slot != nullptr ? slot->answered : 0;
        const double p99_us = slot != nullptr ? static_cast<double>(slot->latency.percentile_ns(0.99)) / 1e3 : 0;
        std::printf("    %6.0f s: resident %.0f MB, its own %.0f MB, %lu descriptors; then %lu answers, p99 %.2f ms\n",
                    one.at_s, static_cast<double>(one.resident_bytes) / 1e6,
                    static_cast<double>(one.anonymous_bytes) / 1e6, static_cast<unsigned long>(one.descriptors),
                    static_cast<unsigned long>(answered), p99_us / 1e3);
        all.push_back({{"at_s", one.at_s},
                       {"resident_bytes", one.resident_bytes},
                       {"anonymous_bytes", one.anonymous_bytes},
                       {"descriptors", one.descriptors},
                       {"answered", answered},
                       {"p99_us", p99_us}});
    }
    return all;
}

memory_growth growth_of(const std::vector<process_sample>& samples, double bound_mb, std::uint64_t acts) {
    std::vector<std::uint64_t> bytes;
    bytes.reserve(samples.size());
    for (const auto& one : samples) bytes.push_back(one.anonymous_bytes);
    return growth_within(bytes, static_cast<std::uint64_t>(bound_mb * 1e6), acts);
}

int run(const soak_options& asked) {
    bench_session session{asked, "soak"};
    auto with = asked.with;
    with.rate_per_second =
        asked.rate_per_second > 0 ? asked.rate_per_second : find_knee(session, asked.with).on_time_per_second / 2;
    if (with.rate_per_second == 0) return session.end({});
    with.warm_up_s = 0; // so that samples and slots fall together
    with.duration_s = asked.minutes * 60;
    with.slot_s = asked.sample_s;
    sampler sampling{session.benched().program(), asked.sample_s};
    const auto result = session.measure("constant", with);
    const auto samples = sampling.end();

    auto samples_told = shown(samples, result);
    const auto memory = growth_of(samples, asked.growth_mb, result.responses);
    std::printf("memory: from %.1f MB, once warm, to %.1f MB: %s the bound, %.1f MB more\n",
                static_cast<double>(memory.first_bytes) / 1e6, static_cast<double>(memory.last_bytes) / 1e6,
                memory.is_within() ? "within" : "OVER", static_cast<double>(memory.bound_bytes) / 1e6);
    const bool descriptors_stay =
        samples.empty() || samples.back().descriptors <= samples.front().descriptors + with.connections + 16;
    if (!memory.is_within()) session.fail("memory grew beyond its bound");
    if (!descriptors_stay) session.fail("descriptors were left open");
    if (result.connections_lost > 0) session.fail("connections were lost");
    if (result.unanswered > 0) session.fail("requests were left unanswered");
    if (!is_kept_up_with(with.rate_per_second, result)) session.doubt("the rate was not kept up with all the time");
    return session.end({{"samples", std::move(samples_told)},
                        {"memory",
                         {{"first_bytes", memory.first_bytes},
                          {"last_bytes", memory.last_bytes},
                          {"bound_bytes", memory.bound_bytes},
                          {"within", memory.is_within()}}}});
}

} // namespace

command add_soak_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "soak",
        "A constant rate (open loop) for minutes: memory, descriptors and latency over time; fails where memory "
        "grows beyond a bound, or the audit does");
    auto options = std::make_shared<soak_options>();
    options->binary = default_binary;
    options->mix = act_mix{"all"};
    options->add_to(*parsed, "soak");
    parsed->remove_option(parsed->get_option("--seconds"));
    parsed->add_option("--minutes", options->minutes)->check(CLI::Range(0.1, 10'000.0))->capture_default_str();
    parsed->add_option("--rate", options->rate_per_second, "0: half of the rate that is kept up with")
        ->check(CLI::Range(0.0, 10'000'000.0))
        ->capture_default_str();
    parsed->add_option("--sample", options->sample_s, "seconds between two samples")
        ->check(CLI::Range(0.5, 3'600.0))
        ->capture_default_str();
    parsed
        ->add_option("--growth", options->growth_mb,
                     "MB that memory may grow after the first fifth of the time, beside 8 bytes for each answer")
        ->check(CLI::Range(0.0, 1'000'000.0))
        ->capture_default_str();
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
