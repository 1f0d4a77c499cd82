// meguri-bench growth: what more wallets and a longer journal cost. A machine's speed drifts by more than that within
// minutes, so a second ledger that stays as small as the first size is paid at just before and after each size.
#include "bench/suite/bench_session.hpp"
#include "bench/suite/command.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <memory>

namespace meguri::bench {
namespace {

constexpr double zipf_exponent = 0.99; // as in YCSB

struct growth_options : load_options {
    std::vector<std::uint32_t> wallets{1'000, 1'000'000, 10'000'000};
    std::vector<std::uint64_t> entries{1'000'000, 10'000'000, 50'000'000};
    double rate_share_min = 0; // of the small ledger's; below it the run fails
};

class growth {
public:
    explicit growth(const growth_options& asked)
        : asked_{asked},
          small_asked_{small_of(asked)},
          session_{asked, "growth"},
          small_{small_asked_, "small"} {}

    int run() {
        auto wallets = asked_.town.wallets;
        measure_both(wallets);
        auto lengths = asked_.entries;
        const auto lengthen_below = [&](std::uint64_t limit) {
            for (; !lengths.empty() && lengths.front() <= limit; lengths.erase(lengths.begin())) {
                lengthen_to(lengths.front());
                measure_both(wallets);
            }
        };
        for (const auto wanted : asked_.wallets) {
            if (wanted <= wallets) continue;
            lengthen_below(wanted * entries_of_a_wallet);
            timed("wallets", wanted, [&] { session_.benched().add_wallets(wanted - wallets, session_.source()); });
            wallets = wanted;
            measure_both(wallets);
        }
        lengthen_below(std::numeric_limits<std::uint64_t>::max());
        const int small_status = small_.end({});
        return std::max(session_.end({{"points", std::move(points_)}}), small_status);
    }

private:
    static load_options small_of(const load_options& asked) {
        auto small = asked;
        small.folder += "-small";
        small.json_file.clear();
        return small;
    }

    static constexpr std::uint64_t entries_of_a_wallet = 3; // made, a card's code, points

    void lengthen_to(std::uint64_t entries) {
        timed("journal entries", entries, [&] { session_.benched().lengthen_journal(entries, session_.source()); });
    }

    template <class Work>
    static void timed(const char* what, std::uint64_t wanted, Work work) {
        const auto begun = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
        std::printf("%lu %s: made within %.1f s\n", static_cast<unsigned long>(wanted), what, took.count());
        std::fflush(stdout);
    }

    void measure_both(std::uint32_t wallets) {
        session_.benched().serve();
        measure(wallets, 0);
        measure(wallets, zipf_exponent);
    }

    // One load between two of the small ledger, and then the start after a SIGKILL.
    void measure(std::uint32_t wallets, double exponent) {
        auto& benched = session_.benched();
        session_.source().choose_by(exponent);
        small_.source().choose_by(exponent);
        const std::string distribution = exponent > 0 ? "zipf 0.99" : "uniform";
        const auto entries = static_cast<std::uint64_t>(benched.program().metric("meguri_checkpoint_position") +
                                                        benched.program().metric("meguri_checkpoint_lag_entries"));
        const auto name =
            std::to_string(wallets) + " wallets, " + distribution + ", " + std::to_string(entries) + " entries";
        const auto before = small_.measure("the small ledger", asked_.with);
        benched.warm_up_state();
        const auto result = session_.measure(name, asked_.with);
        const auto resident = benched.program().resident_bytes();
        const auto anonymous = benched.program().anonymous_bytes();
        const auto after = small_.measure("the small ledger", asked_.with);
        benched.program().kill();
        const double ready_s = benched.serve().ready_after_s();
        const double beside = (before.per_second() + after.per_second()) / 2;
        const double share = beside > 0 ? result.per_second() / beside : 0;
        std::printf("    %.3f of the rate of the small ledger; resident %.0f MB, of that its own %.0f MB; ready %.3f s "
                    "after SIGKILL\n",
                    share, static_cast<double>(resident) / 1e6, static_cast<double>(anonymous) / 1e6, ready_s);
        if (result.unanswered > 0) session_.fail(name + ": requests were left unanswered");
        if (share < asked_.rate_share_min) session_.fail(name + ": the rate fell below --share of the small ledger's");
        points_.push_back({{"name", name},
                           {"wallets", wallets},
                           {"distribution", distribution},
                           {"journal_entries", entries},
                           {"answered_per_second", result.per_second()},
                           {"small_per_second", {before.per_second(), after.per_second()}},
                           {"p99_us", static_cast<double>(result.latency.percentile_ns(0.99)) / 1e3},
                           {"resident_bytes", resident},
                           {"anonymous_bytes", anonymous},
                           {"ready_after_kill_s", ready_s},
                           {"rate_share_of_small", share}});
    }

    const growth_options& asked_;
    load_options small_asked_;
    bench_session session_;
    bench_session small_;
    boost::json::array points_;
};

} // namespace

command add_growth_command(CLI::App& to, const std::string& default_binary) {
    auto* const parsed = to.add_subcommand(
        "growth",
        "One ledger that grows, in wallets and in entries of its journal, by the length that follows. At each size a "
        "load of wallets alike and "
        "one by Zipf's law: rate, p99, memory, and the start after a SIGKILL; before and after each the same load on a "
        "ledger that stays as small as the first size");
    auto options = std::make_shared<growth_options>();
    options->binary = default_binary;
    options->add_to(*parsed, "growth");
    parsed->remove_option(parsed->get_option("--wallets"));
    parsed->remove_option(parsed->get_option("--zipf"));
    parsed->add_option("--wallets", options->wallets, "sizes, ascending")
        ->expected(1, 100)
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    parsed->add_option("--entries", options->entries, "lengths of the journal, ascending; more wallets lengthen it too")
        ->expected(1, 100)
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000'000'000}))
        ->capture_default_str();
    parsed
        ->add_option("--rate", options->with.rate_per_second, "payments a second that arrive (Poisson); 0: closed loop")
        ->check(CLI::Range(0.0, 10'000'000.0))
        ->capture_default_str();
    parsed->add_option("--share", options->rate_share_min, "of the small ledger's rate that every size must reach")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    return {parsed, [options] {
                std::ranges::sort(options->wallets);
                std::ranges::sort(options->entries);
                options->town.wallets = options->wallets.front();
                return growth{*options}.run();
            }};
}

} // namespace meguri::bench
