#include "bench/report/figures.hpp"
#include "bench/report/plot.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>

namespace meguri::bench {

void write_restart(markup& out, const record& of) {
    begin_section(out, of, "Until it serves again",
                  "The switch was killed (SIGKILL) under load and started again; taken is the time from the start of "
                  "the program until it said that it takes payments. " +
                      load_in_words(of) + '.');
    table figures{"Every restart", {"entries in the journal", "after the checkpoint", "ready after"}, {}};
    plot_series series{"ready", {}};
    double entries_max = 1;
    double us_max = 1;
    for (const auto& one : of.restarts) {
        figures.rows.push_back(
            {{grouped(one.journal_entries), grouped(one.tail_entries), latency_text(one.seconds * 1e6)}});
        series.points.push_back({one.journal_entries, one.seconds * 1e6, !of.valid});
        entries_max = std::max(entries_max, one.journal_entries);
        us_max = std::max(us_max, one.seconds * 1e6);
    }
    std::ranges::sort(series.points, {}, &plot_point::x);
    if (!series.points.empty()) {
        out.open("div", {{"class", "plots"}}).open("figure");
        out.element("figcaption", {}, "Time until it serves, by the length of the journal");
        draw(out, {.title = "Restart time by journal length",
                   .description = "Seconds from the start of the killed switch until it takes payments again.",
                   .x = {"entries in the journal", scale::linear(0, entries_max), tick_text},
                   .y = {"ready after", scale::linear(0, us_max),
                         [](double us) { return us == 0 ? "0" : latency_text(us); }},
                   .series = {series}});
        out.close().close();
    }
    write(out, figures);
    out.close();
}

} // namespace meguri::bench
