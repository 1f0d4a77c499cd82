#include "bench/report/page.hpp"

#include "bench/report/figures.hpp"
#include "bench/report/page_style.hpp"
#include "bench/report/sections.hpp"

#include <algorithm>
#include <array>

namespace meguri::bench {
namespace {

struct section_kind {
    std::string_view kind;
    void (*write)(markup&, const record&);
};

// In the order in which they stand on the page.
constexpr std::array section_kinds{section_kind{"curve", write_curve},     section_kind{"load", write_load},
                                   section_kind{"overload", write_load},   section_kind{"peers", write_peers},
                                   section_kind{"checkpoint", write_load}, section_kind{"card", write_load},
                                   section_kind{"growth", write_growth},   section_kind{"soak", write_load},
                                   section_kind{"restart", write_restart}, section_kind{"micro", write_micro}};

void write_head(markup& out) {
    out.open("head").empty("meta", {{"charset", "utf-8"}});
    out.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    out.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    out.element("title", {}, "Meguri, measured");
    out.open("style").verbatim(page_style).close().close();
}

// A brush's ring, almost closed: 巡り, going round.
void write_seal(markup& out) {
    out.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                     {"class", "seal"},
                     {"viewBox", "0 0 40 40"},
                     {"aria-hidden", "true"}});
    out.empty("rect", {{"width", "40"}, {"height", "40"}, {"rx", "3"}});
    out.empty("path", {{"d", "M26.5 10.5 A11.5 11.5 0 1 0 31 17"}});
    out.close();
}

void write_header(markup& out, const std::vector<record>& records) {
    std::string from = records.front().written_at;
    std::string to = from;
    for (const auto& one : records) {
        from = std::min(from, one.written_at);
        to = std::max(to, one.written_at);
    }
    out.open("header");
    write_seal(out);
    out.open("div").element("h1", {}, "Meguri, measured");
    out.element("p", {},
                std::to_string(records.size()) + (records.size() == 1 ? " record of " : " records of ") +
                    (from == to ? minute_text(from) : minute_text(from) + " to " + minute_text(to)));
    out.close().close();
}

} // namespace

std::string page_of(const std::vector<record>& records) {
    markup out;
    out.open("html", {{"xmlns", "http://www.w3.org/1999/xhtml"}, {"lang", "en"}});
    write_head(out);
    out.open("body").open("main");
    write_header(out, records);
    const auto faulty = std::ranges::count_if(records, [](const auto& one) { return !one.valid; });
    if (faulty > 0)
        out.element("p", {{"class", "faults"}},
                    std::to_string(faulty) + " of the records " + (faulty == 1 ? "is" : "are") +
                        " not valid as a whole; what is amiss stands with each.");
    write_key_figures(out, records);
    for (const auto& [kind, write] : section_kinds)
        for (const auto& one : records)
            if (one.kind == kind) write(out, one);
    write_conditions(out, records);
    return "<!DOCTYPE html>\n" + out.finish();
}

} // namespace meguri::bench
