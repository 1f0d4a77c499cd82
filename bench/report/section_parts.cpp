#include "bench/report/figures.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>

namespace meguri::bench {

void begin_section(markup& out, const record& of, const std::string& heading, const std::string& sentence) {
    out.open("section");
    out.element("h2", {}, heading);
    out.element("p", {}, sentence);
    out.element("p", {{"class", "how"}}, of.file + ", written " + minute_text(of.written_at));
    if (of.valid && of.faults.empty()) return;
    out.open("div", {{"class", "faults"}, {"role", "note"}}).element("strong", {}, "Not valid as a whole");
    out.open("ul");
    for (const auto& fault : of.faults) out.element("li", {}, fault);
    if (of.faults.empty()) out.element("li", {}, "the record says so, without a reason");
    out.close().close();
}

std::string load_in_words(const record& of) {
    std::string words;
    if (!of.runs.empty()) {
        const auto [fewest, most] = std::ranges::minmax(of.runs, {}, &measured_run::connections);
        const auto deepest = std::ranges::max(of.runs, {}, &measured_run::pipeline).pipeline;
        words = fewest.connections == most.connections ? "" : grouped(fewest.connections) + " to ";
        words += grouped(most.connections) + " connections with at most " + grouped(deepest) + " under way on each";
    }
    if (!of.wallets.empty()) words += (words.empty() ? "" : "; wallets: ") + of.wallets;
    if (!of.mix.empty()) words += (words.empty() ? "" : "; asked: ") + of.mix;
    return words;
}

std::string why_invalid(const measured_run& run) {
    if (run.generator_lagged) return "the load generator lagged";
    if (run.unanswered > 0) return "requests were left unanswered";
    return {};
}

std::string offer_text(const measured_run& run) {
    return run.offered_per_second ? grouped(*run.offered_per_second) + "/s" : "closed loop";
}

table table_of_runs(const std::vector<measured_run>& runs) {
    table made{"Every run", {"run", "offered", "answered", "p50", "p90", "p99", "p99.9", "longest", "shed"}, {}};
    for (const auto& run : runs) {
        const auto& us = run.latency_us;
        made.rows.push_back({{run.name, offer_text(run), grouped(run.answered_per_second) + "/s", latency_text(us.p50),
                              latency_text(us.p90), latency_text(us.p99), latency_text(us.p99_9), latency_text(us.max),
                              grouped(run.shed)},
                             why_invalid(run)});
    }
    return made;
}

} // namespace meguri::bench
