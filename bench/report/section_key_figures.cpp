#include "bench/report/figures.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>

namespace meguri::bench {
namespace {

void write_figure(markup& out, const record& of, const std::string& name, const std::string& value) {
    out.open("div");
    out.element("dt", {}, name);
    out.open("dd").text(value);
    if (!of.valid) out.element("em", {{"class", "invalid"}}, " not valid, see below");
    out.close().close();
}

void write_peer_figures(markup& out, const record& of) {
    const auto find = [&of](std::string_view name) {
        return std::ranges::find_if(of.peers, [name](const auto& row) { return row.name.starts_with(name); });
    };
    const auto own = find("Meguri");
    const auto other = find("PostgreSQL");
    if (own == of.peers.end() || other == of.peers.end() || own->per_second <= 0 || other->per_second <= 0) return;
    write_figure(out, of, "of PostgreSQL's rate at the same payments",
                 grouped(own->per_second / other->per_second, 1) + " times");
}

void write_figures_of(markup& out, const record& of) {
    if (of.kind == "curve") {
        write_figure(out, of, "payments a second with p99 below 5 ms", grouped(*of.within_objective_per_second));
        write_figure(out, of, "payments a second that it keeps up with", grouped(*of.knee_per_second));
    }
    if (of.kind == "peers") write_peer_figures(out, of);
    if (of.kind == "restart" && !of.restarts.empty()) {
        const auto longest = std::ranges::max_element(of.restarts, {}, &restart_point::journal_entries);
        write_figure(out, of, "until it serves, killed with " + grouped(longest->journal_entries) + " entries",
                     latency_text(longest->seconds * 1e6));
    }
    if (of.kind == "growth" && !of.growth.empty()) {
        const auto largest = std::ranges::max_element(of.growth, {}, &growth_point::wallets);
        write_figure(out, of, "a second with " + grouped(largest->wallets) + " wallets",
                     grouped(largest->answered_per_second));
    }
}

} // namespace

void write_key_figures(markup& out, const std::vector<record>& records) {
    const auto has_any = std::ranges::any_of(records, [](const auto& one) {
        return one.kind == "curve" || one.kind == "peers" || !one.restarts.empty() || !one.growth.empty();
    });
    if (!has_any) return;
    out.open("dl", {{"class", "key"}});
    for (const auto& one : records) write_figures_of(out, one);
    out.close();
}

} // namespace meguri::bench
