#include "bench/report/figures.hpp"
#include "bench/report/plot.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>

namespace meguri::bench {
namespace {

constexpr double objective_us = 5'000; // of p99
constexpr std::size_t over_time_max = 4;

std::vector<measured_run> open_runs(const record& of) {
    std::vector<measured_run> open;
    std::ranges::copy_if(of.runs, std::back_inserter(open),
                         [](const auto& run) { return run.offered_per_second.has_value(); });
    std::ranges::sort(open, {}, [](const auto& run) { return *run.offered_per_second; });
    return open;
}

void draw_saturation(markup& out, const record& of, const std::vector<measured_run>& open) {
    std::vector<plot_series> series{{"p50", {}}, {"p99", {}}, {"p99.9", {}}};
    double least = objective_us;
    double most = objective_us;
    for (const auto& run : open) {
        const bool is_invalid = !why_invalid(run).empty();
        const auto& us = run.latency_us;
        series[0].points.push_back({*run.offered_per_second, us.p50, is_invalid});
        series[1].points.push_back({*run.offered_per_second, us.p99, is_invalid});
        series[2].points.push_back({*run.offered_per_second, us.p99_9, is_invalid});
        least = std::min(least, std::max(us.p50, 1.0));
        most = std::max(most, us.p99_9);
    }
    std::vector<plot_mark> knee;
    if (*of.knee_per_second > 0) knee.push_back({*of.knee_per_second, "knee " + grouped(*of.knee_per_second) + "/s"});
    out.open("figure").element("figcaption", {},
                               "Latency by the rate at which payments arrive. × marks what is no measurement.");
    draw(out, {.title = "Saturation curve",
               .description = "Median, 99th and 99.9th percentile of the latency at each offered rate; the knee is the "
                              "highest rate that was kept up with.",
               .x = {"payments offered a second", scale::linear(0, *open.back().offered_per_second), tick_text},
               .y = {"latency", scale::logarithmic(least, most), latency_text},
               .series = std::move(series),
               .at_x = std::move(knee),
               .at_y = {{objective_us, "5 ms"}}});
    out.close();
}

// The highest rate that was kept up with; or else the lowest.
const measured_run& run_at_knee(const record& of, const std::vector<measured_run>& open) {
    const auto* found = &open.front();
    for (const auto& run : open)
        if (*run.offered_per_second <= *of.knee_per_second) found = &run;
    return *found;
}

std::string heading_of(const record& of) {
    if (of.kind == "overload") return "More than it can take";
    if (of.kind == "checkpoint") return "While it writes checkpoints";
    if (of.kind == "soak") return "For long";
    if (of.kind == "card") return "By My Number card";
    return "A load";
}

std::string sentence_of(const record& of) {
    const auto end = " Afterwards each acknowledged one was looked for in the ledger. " + load_in_words(of) + '.';
    if (of.kind == "overload") return "More was offered than the switch can decide, then less again." + end;
    if (of.kind == "checkpoint")
        return "A steady rate was offered while the state store was brought after the journal." + end;
    if (of.kind == "card")
        return "The same load once by codes and once by cards, whose signature, certificate and revocation the switch "
               "checks at each payment." +
               end;
    if (of.kind == "soak") return "A steady rate was offered for long." + end;
    return "One load on a fresh ledger, each request measured to its whole answer." + end;
}

} // namespace

void write_curve(markup& out, const record& of) {
    const auto open = open_runs(of);
    begin_section(out, of, "How latency grows with the rate",
                  "Payments arrive at a fresh switch as a Poisson process, at rates up to saturation and beyond; each "
                  "is measured from its arrival to its whole answer, so that a stall cannot hide. " +
                      load_in_words(of) + '.');
    if (!open.empty()) {
        out.open("div", {{"class", "plots"}});
        draw_saturation(out, of, open);
        draw_percentiles(out, open);
        draw_over_time(out, run_at_knee(of, open));
        out.close();
    }
    write(out, table_of_runs(of.runs));
    out.close();
}

void write_load(markup& out, const record& of) {
    begin_section(out, of, heading_of(of), sentence_of(of));
    out.open("div", {{"class", "plots"}});
    draw_percentiles(out, of.runs);
    for (std::size_t i = 0; i < std::min(of.runs.size(), over_time_max); ++i) draw_over_time(out, of.runs[i]);
    out.close();
    write(out, table_of_runs(of.runs));
    out.close();
}

} // namespace meguri::bench
