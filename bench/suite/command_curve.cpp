// meguri-bench curve: how latency grows with the rate, up to saturation and beyond.
#include "bench/suite/command.hpp"
#include "bench/suite/load_record.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace meguri::bench {
namespace {

constexpr std::array shares{0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5}; // of the closed loop's rate
constexpr std::uint64_t objective_ns = 5'000'000;                                    // p99
constexpr double keeps_up = 0.98;                                                    // of what was offered

// No backlog that grows: nobody waited so long, which no stall of the switch alone lasts.
constexpr std::uint64_t backlog_ns = 250'000'000;

bool is_kept_up_with(const load_settings& with, const load_result& result) {
    return !result.generator_lagged() && result.shed + result.unanswered == 0 && result.latency.max_ns() < backlog_ns &&
           result.per_second() >= keeps_up * with.rate_per_second;
}

bool meets_objective(const load_settings& with, const load_result& result) {
    return is_kept_up_with(with, result) && result.latency.percentile_ns(0.99) < objective_ns;
}

class curve {
public:
    explicit curve(const load_options& asked) : asked_{asked}, benched_{asked.prepare(source_)} {}

    int run() {
        auto with = asked_.with;
        with.port = benched_.serve().port();
        const double saturated = measure("saturated", with).per_second();
        for (const double share : shares) {
            with.rate_per_second = share * saturated;
            ++with.seed;
            const auto result = measure(std::to_string(static_cast<int>(share * 100)) + " %", with);
            if (meets_objective(with, result)) highest_ = std::max(highest_, with.rate_per_second);
            if (is_kept_up_with(with, result)) knee_ = std::max(knee_, with.rate_per_second);
        }
        std::printf("knee: %.0f/s, the highest rate that was kept up with; %.0f/s with p99 < %d ms\n", knee_, highest_,
                    static_cast<int>(objective_ns / 1'000'000));
        return end();
    }

private:
    load_result measure(const std::string& name, const load_settings& with) {
        const double cpu_before = benched_.program().cpu_seconds();
        const auto answers_before = source_.answers();
        auto result = run_http_load(with, source_);
        const double cpu_us = (benched_.program().cpu_seconds() - cpu_before) * 1e6 /
                              static_cast<double>(std::max<std::uint64_t>(source_.answers() - answers_before, 1));
        print_run(name, with, result, cpu_us);
        runs_.push_back(run_of(name, with, result));
        runs_.back().as_object()["server"] = boost::json::object{{"cpu_us_per_request", cpu_us}};
        if (result.generator_lagged()) lagged_.push_back(name);
        return result;
    }

    int end() {
        const auto found = benched_.audit(source_);
        std::vector<std::string> faults;
        if (!print_audit(found)) faults.emplace_back("the audit failed");
        if (knee_ == 0) faults.emplace_back("no rate was kept up with");
        std::filesystem::remove_all(asked_.folder);
        const int status = faults.empty() ? 0 : 1;
        // Beyond saturation generator and switch contend for the cores: those points are marked, the others stand.
        for (const auto& name : lagged_) faults.push_back("at " + name + " the load generator lagged behind");
        write_record(asked_, "curve", faults, std::move(runs_),
                     {{"knee_per_second", knee_},
                      {"highest_within_objective_per_second", highest_},
                      {"audit", audit_of(found)}});
        return status;
    }

    const load_options& asked_;
    payment_source source_{"curve"};
    benched_switch benched_;
    boost::json::array runs_;
    std::vector<std::string> lagged_;
    double knee_ = 0;
    double highest_ = 0;
};

} // namespace

command add_curve_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "curve", "Rates from a tenth of what a closed loop reaches to one and a half of it, each as an open loop");
    auto options = std::make_shared<load_options>();
    options->binary = default_binary;
    options->with.duration_s = 5;
    options->add_to(*parsed, "curve");
    return {parsed, [options] { return curve{*options}.run(); }};
}

} // namespace meguri::bench
