#include "bench/suite/command.hpp"

#include "bench/suite/environment.hpp"
#include "bench/suite/write_file.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace meguri::bench {

std::string why_not_emptied(const std::string& folder) {
    namespace files = std::filesystem;
    const auto path = files::absolute(folder).lexically_normal();
    const auto name = (path.has_filename() ? path.filename() : path.parent_path().filename()).string();
    std::error_code unreadable;
    if (!files::exists(path) || name.starts_with("meguri-bench") || files::is_empty(path, unreadable)) return {};
    return folder + " holds something, and its name does not begin with meguri-bench: it will not be emptied";
}

namespace {

std::string why_no_mix(const std::string& text) {
    try {
        static_cast<void>(act_mix{text});
        return {};
    } catch (const std::invalid_argument& why) {
        return why.what();
    }
}

} // namespace

void load_options::add_to(CLI::App& command, const std::string& name) {
    folder = (std::filesystem::temp_directory_path() / ("meguri-bench-" + name)).string();
    command.add_option("--meguri", binary, "the switch, started on a fresh ledger")
        ->check(CLI::ExistingFile)
        ->capture_default_str();
    command.add_option("--data", folder, "a folder that is emptied first and removed afterwards")
        ->check(why_not_emptied)
        ->capture_default_str();
    command.add_option("--json", json_file, "where to write what was measured");
    command.add_option("--wallets", town.wallets)->check(CLI::Range(1, 100'000'000))->capture_default_str();
    command.add_option("--merchants", town.merchants, "with a till each; 1: a hot one")
        ->check(CLI::Range(1, 60'000))
        ->capture_default_str();
    command
        .add_option("--zipf", exponent, "how unevenly wallets pay: 0 all alike, 0.99 as in YCSB; 10: one hot wallet")
        ->check(CLI::Range(0.0, 10.0))
        ->capture_default_str();
    command
        .add_option_function<std::string>(
            "--mix", [this](const std::string& text) { mix = act_mix{text}; },
            "what tills do: pay, hold_capture, refunds, retries, reversals, declines, all, or shares as in "
            "pay=70,refunds=30")
        ->check(why_no_mix)
        ->default_str(mix.text());
    command.add_option("--connections", with.connections)->check(CLI::Range(1, 4'000))->capture_default_str();
    command.add_option("--pipeline", with.pipeline, "requests under way per connection, at most")
        ->check(CLI::Range(1, 32))
        ->capture_default_str();
    command.add_flag("--tls", is_over_tls, "TLS 1.3, with a certificate made for the run");
    command.add_option("--warm-up", with.warm_up_s, "seconds that are not counted")
        ->check(CLI::Range(0.0, 3'600.0))
        ->capture_default_str();
    command.add_option("--seconds", with.duration_s, "that are counted")
        ->check(CLI::Range(1.0, 86'400.0))
        ->capture_default_str();
    command.add_option("--seed", with.seed, "of the arrivals, and of the choice of tills and wallets")
        ->capture_default_str();
}

benched_switch load_options::prepare(act_source& source) const {
    benched_switch made{binary, folder, town, source};
    made.use_settings(more_settings);
    source.mix_by(mix);
    source.choose_by(exponent);
    source.seed(with.seed);
    return made;
}

void print_run(const std::string& name, const load_settings& with, const load_result& result, double cpu_us) {
    if (with.rate_per_second > 0) std::printf("%.0f/s offered, ", with.rate_per_second);
    std::printf("%s: answered %s\n", name.c_str(), describe(result).c_str());
    std::printf(
        "    server CPU %.1f us a request; shed %lu, unanswered %lu, connections lost %lu; generator: CPU %.2f of a "
        "core, late by %.3f ms at p99%s\n",
        cpu_us, static_cast<unsigned long>(result.shed), static_cast<unsigned long>(result.unanswered),
        static_cast<unsigned long>(result.connections_lost), result.cpu_share,
        static_cast<double>(result.lag.percentile_ns(0.99)) / 1e6,
        result.generator_lagged() ? "; INVALID: the generator itself was too slow" : "");
    std::fflush(stdout);
}

void print_acts(const act_source& source) {
    const auto print = [](std::string_view name, const act_count& count) {
        if (count.asked == 0) return;
        std::printf("    %-23.*s asked %lu, answered as expected %lu\n", static_cast<int>(name.size()), name.data(),
                    static_cast<unsigned long>(count.asked), static_cast<unsigned long>(count.as_expected));
    };
    for (std::size_t i = 0; i < act_kinds; ++i) print(act_rules[i].name, source.count_of(static_cast<act_kind>(i)));
    print("the same request again", source.repeated());
    print("another under its key", source.key_reused());
}

bool print_audit(const switch_audit& found) {
    const auto& acts = found.acts;
    std::printf(
        "audit: %lu acknowledged, %lu of them in the ledger once; missing %lu, double %lu, other than told %lu, "
        "refused but there %lu, unasked %lu (unanswered but there: %lu)\n",
        static_cast<unsigned long>(acts.acknowledged), static_cast<unsigned long>(acts.found),
        static_cast<unsigned long>(acts.missing), static_cast<unsigned long>(acts.doubled),
        static_cast<unsigned long>(acts.different), static_cast<unsigned long>(acts.refused_but_there),
        static_cast<unsigned long>(acts.unasked), static_cast<unsigned long>(acts.unanswered_but_there));
    for (const auto& one : found.disagreements) std::printf("    %s\n", one.c_str());
    std::printf("    points captured %ld, given back %ld, held %ld, %s: %s\n", found.sums.captured, found.sums.refunded,
                found.sums.pending,
                found.disagreements.empty() ? "by the journal, the merchants' balances and the trial balance alike"
                                            : "by the journal alone",
                found.passed() ? "passed" : "FAILED");
    std::fflush(stdout);
    return found.passed();
}

void write_record(const load_options& options, std::string_view kind, const std::vector<std::string>& faults,
                  boost::json::array runs, const boost::json::object& more) {
    if (options.json_file.empty()) return;
    boost::json::object record{{"format", 1},
                               {"kind", kind},
                               {"written_at", time_now()},
                               {"valid", faults.empty()},
                               {"faults", boost::json::array(faults.begin(), faults.end())},
                               {"environment", environment_of(options.folder, configuration_of_switch(options.binary))},
                               {"wallets", {{"count", options.town.wallets}, {"zipf", options.exponent}}},
                               {"merchants", options.town.merchants},
                               {"runs", std::move(runs)}};
    for (const auto& [name, value] : more) record[name] = value;
    write_file(options.json_file, boost::json::serialize(record) + '\n');
}

} // namespace meguri::bench
