#include "bench/report/figures.hpp"
#include "bench/report/plot.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>
#include <cmath>

namespace meguri::bench {
namespace {

constexpr double least_shown_us = 1;

scale latency_scale(double least_us, double most_us) {
    const double low = std::max(least_us, least_shown_us);
    return scale::logarithmic(low, std::max(most_us, low));
}

// How many nines: 0 for all, 1 for 90 %, 2 for 99 %.
std::vector<plot_point> points_by_nines(const measured_run& run, double nines_max) {
    double total = 0;
    for (const auto& [upper, count] : run.histogram) total += count;
    std::vector<plot_point> points;
    double seen = 0;
    for (const auto& [upper, count] : run.histogram) {
        // A bucket's latency is that of the share before it up to its own end.
        seen += count;
        const double left = (total - seen) / total;
        const double nines = left > 0 ? std::min(-std::log10(left), nines_max) : nines_max;
        points.push_back({nines, upper});
        if (nines >= nines_max) break;
    }
    return points;
}

std::string percentile_text(double nines) {
    if (nines == 0) return {}; // beside 50 % there is no room for it
    if (nines < 1) return "50 %";
    if (nines == 1) return "90 %";
    std::string text = "99";
    if (nines > 2) text += '.' + std::string(static_cast<std::size_t>(nines) - 2, '9');
    return text + " %";
}

// As many as can be told apart, evenly among all.
std::vector<measured_run> some_of(const std::vector<measured_run>& runs) {
    if (runs.size() <= plot::series_max) return runs;
    std::vector<measured_run> some;
    for (std::size_t i = 0; i < plot::series_max; ++i)
        some.push_back(runs[i * (runs.size() - 1) / (plot::series_max - 1)]);
    return some;
}

void draw_answers(markup& out, const measured_run& run) {
    plot_series answered{"answered", {}, false};
    plot_series shed{"shed", {}, false};
    double most = 1;
    for (const auto& slot : run.over_time) {
        answered.points.push_back({slot.at_s, (slot.answered - slot.shed) / run.slot_s});
        shed.points.push_back({slot.at_s, slot.shed / run.slot_s});
        most = std::max(most, slot.answered / run.slot_s);
    }
    out.open("figure").element("figcaption", {}, "Decided and shed in the course of " + run.name);
    draw(out, {.title = "Answers over time, " + run.name,
               .description = "Answers a second: those decided, and those answered 503.",
               .x = {"seconds", scale::linear(0, run.over_time.back().at_s), tick_text},
               .y = {"answers a second", scale::linear(0, most), tick_text},
               .series = {answered, shed}});
    out.close();
}

} // namespace

void draw_percentiles(markup& out, const std::vector<measured_run>& runs) {
    std::vector<measured_run> filled;
    std::ranges::copy_if(runs, std::back_inserter(filled), [](const auto& run) { return !run.histogram.empty(); });
    if (filled.empty()) return;
    double least = filled.front().histogram.front().first;
    double most = least;
    std::vector<plot_series> series;
    const std::vector<double> nines{0, std::log10(2), 1, 2, 3, 4, 5};
    for (const auto& run : some_of(filled)) {
        series.push_back({why_invalid(run).empty() ? offer_text(run) : offer_text(run) + " ×",
                          points_by_nines(run, nines.back()), false});
        least = std::min(least, run.histogram.front().first);
        most = std::max(most, run.histogram.back().first);
        if (!why_invalid(run).empty()) series.back().points.back().is_invalid = true;
    }
    out.open("figure").element("figcaption", {},
                               "Latency by percentile: so much of all waited no longer. A line with × is of a run that "
                               "is no measurement.");
    draw(out, {.title = "Latency by percentile",
               .description = "How long the given share of all requests waited at most, for some of the runs.",
               .x = {"share of all requests", scale::with_ticks(nines), percentile_text},
               .y = {"latency", latency_scale(least, most), latency_text},
               .series = std::move(series)});
    out.close();
}

void draw_over_time(markup& out, const measured_run& run) {
    if (run.over_time.size() < 2) return;
    std::vector<plot_series> series{{"p50", {}, false}, {"p99", {}, false}, {"longest", {}, false}};
    double least = 1e12;
    double most = 0;
    for (const auto& slot : run.over_time) {
        if (slot.max_us <= 0) continue; // nothing was decided then
        series[0].points.push_back({slot.at_s, slot.p50_us});
        series[1].points.push_back({slot.at_s, slot.p99_us});
        series[2].points.push_back({slot.at_s, slot.max_us});
        least = std::min(least, slot.p50_us);
        most = std::max(most, slot.max_us);
    }
    if (most == 0) return;
    const auto invalid = why_invalid(run);
    out.open("figure").element("figcaption", {},
                               "Latency in the course of " + run.name + ", " + offer_text(run) +
                                   (invalid.empty() ? "" : ". Invalid: " + invalid));
    draw(out, {.title = "Latency over time, " + run.name,
               .description = "Median, 99th percentile and longest latency of each piece of time.",
               .x = {"seconds", scale::linear(0, run.over_time.back().at_s), tick_text},
               .y = {"latency", latency_scale(least, most), latency_text},
               .series = std::move(series)});
    out.close();
    if (run.shed > 0) draw_answers(out, run);
}

} // namespace meguri::bench
