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

template <class Text>
std::string growth_text(const std::optional<double>& figure, Text text) {
    return figure ? text(*figure) : std::string{};
}

std::string entries_text(double entries) { return grouped(entries); }

std::string share_text(double share) { return grouped(share, 2); }

std::string seconds_text(double seconds) { return latency_text(seconds * 1e6); }

table table_of(const record& of) {
    table figures{"Every size",
                  {"size", "payments over wallets", "wallets", "entries in the journal", "answered",
                   "of the small one's", "p99", "memory", "its own", "ready after SIGKILL"},
                  {}};
    for (const auto& one : of.growth)
        figures.rows.push_back(
            {{one.name, one.distribution, grouped(one.wallets), growth_text(one.journal_entries, entries_text),
              grouped(one.answered_per_second) + "/s", growth_text(one.rate_share_of_small, share_text),
              growth_text(one.p99_us, latency_text), growth_text(one.resident_bytes, bytes_text),
              growth_text(one.anonymous_bytes, bytes_text), growth_text(one.ready_after_kill_s, seconds_text)}});
    return figures;
}

} // namespace

void write_growth(markup& out, const record& of) {
    begin_section(out, of, "As the ledger grows",
                  "The same load on a ledger of more and more wallets and entries; before and after each size on a "
                  "ledger that stays small, since a machine's speed drifts too. " +
                      load_in_words(of) + '.');
    out.open("div", {{"class", "plots"}});
    const growth_plot drawn{of};
    drawn.draw_figure(out, "Answered a second", "answers a second",
                      [](const auto& one) { return std::optional{one.answered_per_second}; });
    drawn.draw_figure(out, "Rate beside the small ledger's", "of its rate",
                      [](const auto& one) { return one.rate_share_of_small; });
    drawn.draw_figure(out, "Memory of its own", "MiB, without mapped files", [](const auto& one) {
        return one.anonymous_bytes ? std::optional{*one.anonymous_bytes / (1 << 20)} : std::nullopt;
    });
    drawn.draw_figure(out, "Ready after SIGKILL", "seconds", [](const auto& one) { return one.ready_after_kill_s; });
    out.close();
    write(out, table_of(of));
    out.close();
}

} // namespace meguri::bench
