#include "bench/report/figures.hpp"
#include "bench/report/plot.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>
#include <functional>
#include <optional>

namespace meguri::bench {
namespace {

std::string count_text(double count) { return count >= 1e6 ? tick_text(count / 1e6) + " M" : tick_text(count); }

// The journal's length where all points tell it, which grows with wallets and with payments; else the wallets.
class growth_plot {
public:
    explicit growth_plot(const record& of)
        : of_{of},
          by_journal_{
              std::ranges::all_of(of.growth, [](const auto& one) { return one.journal_entries.value_or(0) > 0; })} {}

    // `value` gives what is drawn of a point, or nothing.
    using value = std::function<std::optional<double>(const growth_point&)>;
    void draw_figure(markup& out, const std::string& what, const std::string& unit, const value& of_point) const {
        std::vector<plot_series> series;
        double least_x = 1e18;
        double most_x = 1;
        double most_y = 1;
        for (const auto& one : of_.growth) {
            const auto y = of_point(one);
            if (!y) continue;
            const double x = by_journal_ ? *one.journal_entries : one.wallets;
            series_named(series, one.distribution).points.push_back({x, *y, !of_.valid});
            least_x = std::min(least_x, x);
            most_x = std::max(most_x, x);
            most_y = std::max(most_y, *y);
        }
        if (series.empty() || series.size() > plot::series_max) return;
        for (auto& one : series) std::ranges::sort(one.points, {}, &plot_point::x);
        const std::string size = by_journal_ ? "entries in the journal" : "wallets";
        out.open("figure").element("figcaption", {}, what + ", by " + size);
        draw(out, {.title = what + ", by " + size,
                   .description = what + " at each size that was measured.",
                   .x = {size, scale::logarithmic(least_x, most_x), count_text},
                   .y = {unit, scale::linear(0, most_y), tick_text},
                   .series = std::move(series)});
        out.close();
    }

private:
    static plot_series& series_named(std::vector<plot_series>& all, const std::string& name) {
        const auto found = std::ranges::find(all, name, &plot_series::name);
        return found != all.end() ? *found : all.emplace_back(plot_series{name, {}});
    }

    const record& of_;
    bool by_journal_;
};

table table_of(const record& of) {
    table figures{
        "Every size", {"size", "payments over wallets", "wallets", "entries in the journal", "answered", "memory"}, {}};
    for (const auto& one : of.growth)
        figures.rows.push_back(
            {{one.name, one.distribution, grouped(one.wallets),
              one.journal_entries ? grouped(*one.journal_entries) : "", grouped(one.answered_per_second) + "/s",
              one.resident_bytes ? bytes_text(*one.resident_bytes) : ""}});
    return figures;
}

} // namespace

void write_growth(markup& out, const record& of) {
    begin_section(out, of, "As the ledger grows",
                  "The same load on ledgers of more and more wallets and entries. " + load_in_words(of) + '.');
    out.open("div", {{"class", "plots"}});
    const growth_plot drawn{of};
    drawn.draw_figure(out, "Answered a second", "answers a second",
                      [](const auto& one) { return std::optional{one.answered_per_second}; });
    drawn.draw_figure(out, "Memory", "MiB, resident", [](const auto& one) {
        return one.resident_bytes ? std::optional{*one.resident_bytes / (1 << 20)} : std::nullopt;
    });
    out.close();
    write(out, table_of(of));
    out.close();
}

} // namespace meguri::bench
