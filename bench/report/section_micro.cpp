#include "bench/quantiles.hpp"
#include "bench/report/figures.hpp"
#include "bench/report/sections.hpp"

namespace meguri::bench {
namespace {

std::string time_text(double ns) { return ns < 1e3 ? grouped(ns, ns < 100 ? 1 : 0) + " ns" : latency_text(ns / 1e3); }

} // namespace

void write_micro(markup& out, const record& of) {
    begin_section(out, of, "The parts by themselves",
                  "What the steps of a payment cost alone, in time of the processor, or of the clock where they wait "
                  "for the disk: the median of the repetitions and, as "
                  "their noise, the quarters of them below and above.");
    table figures{"Every part", {"part", "median", "quarter below", "quarter above", "repetitions"}, {}};
    for (const auto& row : of.micro)
        figures.rows.push_back({{row.name, time_text(quantile(row.ns, 0.5)), time_text(quantile(row.ns, 0.25)),
                                 time_text(quantile(row.ns, 0.75)), std::to_string(row.ns.size())}});
    write(out, figures);
    out.close();
}

} // namespace meguri::bench
