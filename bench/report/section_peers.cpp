#include "bench/report/bars.hpp"
#include "bench/report/figures.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>

namespace meguri::bench {
namespace {

constexpr const char* own_name = "Meguri";

std::string ratio_text(double ratio) { return grouped(ratio, ratio < 10 ? 2 : 1) + "×"; }

bar bar_of(const peer_row& row, double own_rate) {
    if (row.status != "measured") return {.name = row.name, .words = row.status, .is_invalid = true};
    const auto [least, most] = std::ranges::minmax(row.rounds);
    const bool is_own = row.name == own_name;
    auto words = grouped(row.per_second) + "/s";
    if (own_rate > 0 && !is_own) words += ", " + ratio_text(row.per_second / own_rate);
    return {row.name, row.per_second, least, most, words, is_own, false};
}

table_row row_of(const peer_row& row, double own_rate) {
    if (row.status != "measured")
        return {{row.name, row.version, "", "", "", "", row.durability, row.work}, row.status + ", " + row.detail};
    return {{row.name, row.version, grouped(row.per_second) + "/s",
             own_rate > 0 ? ratio_text(row.per_second / own_rate) : "", latency_text(row.p50_us),
             latency_text(row.p99_us), row.durability, row.work}};
}

} // namespace

void write_peers(markup& out, const record& of) {
    begin_section(out, of, "The same payments by others",
                  "Each does the same payments, as durable, or the part of them that bounds it; all in turns, so that "
                  "the machine's drift falls on all alike. A bar is the median of the rounds, its line goes from the "
                  "least to the most.");
    const auto own = std::ranges::find(of.peers, own_name, &peer_row::name);
    const double own_rate = own != of.peers.end() ? own->per_second : 0;
    bar_chart chart{"Payments a second, by " + grouped(static_cast<double>(of.peers.size())) + " programs",
                    "Median rate of each, and its ratio to Meguri's.",
                    {}};
    table figures{
        "Every program", {"program", "version", "median", "of Meguri's", "p50", "p99", "durability", "work"}, {}};
    for (const auto& row : of.peers) {
        chart.bars.push_back(bar_of(row, own_rate));
        figures.rows.push_back(row_of(row, own_rate));
    }
    out.open("div", {{"class", "plots"}}).open("figure");
    out.element("figcaption", {}, "Payments a second, and as a multiple of Meguri's");
    draw(out, chart);
    out.close().close();
    write(out, figures);
    out.close();
}

} // namespace meguri::bench
