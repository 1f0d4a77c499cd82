// meguri-bench compare: what a change has made faster or slower.
#include "bench/report/compare.hpp"
#include "bench/report/figures.hpp"
#include "bench/report/read_record.hpp"
#include "bench/suite/command.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace meguri::bench {
namespace {

struct compare_options {
    std::string old_file;
    std::string new_file;
    bool fail_if_slower = false;
};

void print(const std::vector<comparison>& rows) {
    std::size_t widest = 4;
    for (const auto& row : rows) widest = std::max(widest, row.name.size());
    std::printf("%-*s %14s %14s %9s %9s %9s %7s\n", static_cast<int>(widest), "what", "old", "new", "new/old", "noise",
                "noise", "p");
    for (const auto& row : rows) {
        const auto percent = [](double share) { return grouped(share * 100, 1) + " %"; };
        std::printf("%-*s %14s %14s %9s %9s %9s %7.3f  %s\n", static_cast<int>(widest), row.name.c_str(),
                    grouped(row.old_median, 1).c_str(), grouped(row.new_median, 1).c_str(),
                    grouped(row.ratio, 3).c_str(), percent(row.old_noise).c_str(), percent(row.new_noise).c_str(),
                    row.p, std::string{text_of(row.says)}.c_str());
    }
    std::printf(
        "noise: interquartile range by median, old and new; p: Mann-Whitney, faster or slower below %.2f and by "
        "%.0f %% at least\n",
        p_max, least_change * 100);
}

int run(const compare_options& asked) {
    const auto rows = compare(read_record(asked.old_file), read_record(asked.new_file));
    print(rows);
    const bool any_slower = std::ranges::find(rows, verdict::slower, &comparison::says) != rows.end();
    return asked.fail_if_slower && any_slower ? 1 : 0;
}

} // namespace

command add_compare_command(CLI::App& to) {
    auto* const parsed = to.add_subcommand(
        "compare",
        "Two records of one kind (micro, peers, load, ...): median ratio, noise, faster or slower, by row. What the "
        "machine did meanwhile is in it too: measure both in calm, and the old one once more after the new");
    auto options = std::make_shared<compare_options>();
    parsed->add_option("old", options->old_file)->required()->check(CLI::ExistingFile);
    parsed->add_option("new", options->new_file)->required()->check(CLI::ExistingFile);
    parsed->add_flag("--fail-if-slower", options->fail_if_slower, "end with status 1 where a row is slower");
    return {parsed, [options] { return run(*options); }};
}

} // namespace meguri::bench
