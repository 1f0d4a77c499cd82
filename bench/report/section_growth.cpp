#include "bench/report/figures.hpp"
#include "bench/report/plot.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>

namespace meguri::bench {
namespace {

std::string count_text(double wallets) { return wallets >= 1e6 ? grouped(wallets / 1e6) + " M" : grouped(wallets); }

void draw_growth(markup& out, const std::string& title, plot_axis y, const std::vector<plot_point>& points) {
    out.open("figure").element("figcaption", {}, title);
    draw(out, {.title = title,
               .description = title + ", at each size that was measured.",
               .x = {"wallets", scale::logarithmic(points.front().x, points.back().x), count_text},
               .y = std::move(y),
               .series = {{"", points}}});
    out.close();
}

} // namespace

void write_growth(markup& out, const record& of) {
    begin_section(out, of, "As the ledger grows",
                  "The same load on ledgers of more and more wallets. " + load_in_words(of) + '.');
    table figures{"Every size", {"wallets", "entries in the journal", "answered", "memory"}, {}};
    std::vector<plot_point> rates;
    std::vector<plot_point> memory;
    double rate_max = 1;
    double memory_max = 1;
    for (const auto& one : of.growth) {
        figures.rows.push_back(
            {{grouped(one.wallets), one.journal_entries ? grouped(*one.journal_entries) : "",
              grouped(one.answered_per_second) + "/s", one.resident_bytes ? bytes_text(*one.resident_bytes) : ""}});
        rates.push_back({one.wallets, one.answered_per_second, !of.valid});
        rate_max = std::max(rate_max, one.answered_per_second);
        if (!one.resident_bytes) continue;
        memory.push_back({one.wallets, *one.resident_bytes / (1 << 20), !of.valid});
        memory_max = std::max(memory_max, memory.back().y);
    }
    std::ranges::sort(rates, {}, &plot_point::x);
    std::ranges::sort(memory, {}, &plot_point::x);
    out.open("div", {{"class", "plots"}});
    if (!rates.empty())
        draw_growth(out, "Answered by wallets", {"answers a second", scale::linear(0, rate_max), tick_text}, rates);
    if (!memory.empty())
        draw_growth(out, "Memory by wallets", {"MiB, resident", scale::linear(0, memory_max), tick_text}, memory);
    out.close();
    write(out, figures);
    out.close();
}

} // namespace meguri::bench
