#include "bench/report/plot.hpp"

#include "bench/report/figures.hpp"
#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::bench {
namespace {

using area = plot_area;

double place_x(const plot& in, double x) { return in.x.of.place(x, area::left, area::right); }
double place_y(const plot& in, double y) { return in.y.of.place(y, area::bottom, area::top); }

void draw_line(markup& out, const char* kind, double x1, double y1, double x2, double y2) {
    out.empty("line", {{"class", kind},
                       {"x1", coordinate(x1)},
                       {"y1", coordinate(y1)},
                       {"x2", coordinate(x2)},
                       {"y2", coordinate(y2)}});
}

void draw_text(markup& out, const std::string& kind, double x, double y, const std::string& words) {
    out.element("text", {{"class", kind}, {"x", coordinate(x)}, {"y", coordinate(y)}}, words);
}

void draw_axes(markup& out, const plot& what) {
    for (const double tick : what.y.of.ticks()) {
        const double y = place_y(what, tick);
        draw_line(out, "grid", area::left, y, area::right, y);
        draw_text(out, "tick end", area::left - 8, y + 4, what.y.text(tick));
    }
    for (const double tick : what.x.of.ticks()) {
        const double x = place_x(what, tick);
        draw_line(out, "axis", x, area::bottom, x, area::bottom + 5);
        draw_text(out, "tick middle", x, area::bottom + 22, what.x.text(tick));
    }
    draw_line(out, "axis", area::left, area::bottom, area::right, area::bottom);
    draw_text(out, "label", 4, 16, what.y.label);
    draw_text(out, "label end", area::right, area::bottom + 44, what.x.label);
}

void draw_marks(markup& out, const plot& what) {
    for (const auto& mark : what.at_y) {
        const double y = place_y(what, mark.at);
        draw_line(out, "mark", area::left, y, area::right, y);
        draw_text(out, "words end", area::right, y - 6, mark.label);
    }
    for (const auto& mark : what.at_x) {
        const double x = place_x(what, mark.at);
        draw_line(out, "mark", x, area::top, x, area::bottom);
        const bool is_right = x > (area::left + area::right) / 2;
        draw_text(out, is_right ? "words end" : "words", is_right ? x - 6 : x + 6, area::top + 12, mark.label);
    }
}

void draw_points(markup& out, const plot& in, const plot_series& series) {
    for (const auto& point : series.points) {
        const double x = place_x(in, point.x);
        const double y = place_y(in, point.y);
        if (point.is_invalid) {
            draw_line(out, "invalid", x - 4, y - 4, x + 4, y + 4);
            draw_line(out, "invalid", x - 4, y + 4, x + 4, y - 4);
        } else if (series.has_dots || series.points.size() == 1) {
            out.empty("circle", {{"cx", coordinate(x)}, {"cy", coordinate(y)}, {"r", "3"}});
        }
    }
}

void draw_series(markup& out, const plot& in, std::size_t number) {
    const auto& series = in.series[number];
    std::string path;
    for (const auto& point : series.points)
        path += (path.empty() ? "" : " ") + coordinate(place_x(in, point.x)) + ',' + coordinate(place_y(in, point.y));
    out.open("g", {{"class", "series s" + std::to_string(number)}});
    if (series.points.size() > 1) out.empty("polyline", {{"points", path}});
    draw_points(out, in, series);
    out.close();
}

// The names stand where the lines end, moved apart where those come close.
void draw_names(markup& out, const plot& in) {
    constexpr double apart = 17;
    struct name {
        std::size_t series;
        double x;
        double y;
    };
    std::vector<name> names;
    for (std::size_t i = 0; i < in.series.size(); ++i) {
        if (in.series[i].points.empty()) continue;
        const auto& last = in.series[i].points.back();
        names.push_back({i, place_x(in, last.x) + 8, place_y(in, last.y) + 4});
    }
    std::ranges::sort(names, [](const auto& one, const auto& other) { return one.y > other.y; });
    for (std::size_t i = 1; i < names.size(); ++i) names[i].y = std::min(names[i].y, names[i - 1].y - apart);
    // What was moved out above pushes the others down again.
    if (!names.empty()) names.back().y = std::max(names.back().y, area::top - 6);
    for (std::size_t i = names.size(); i-- > 1;) names[i - 1].y = std::max(names[i - 1].y, names[i].y + apart);
    for (const auto& one : names)
        draw_text(out, "name t" + std::to_string(one.series), one.x, one.y, in.series[one.series].name);
}

} // namespace

void draw(markup& out, const plot& what) {
    EXPECTS(what.series.size() <= plot::series_max);
    out.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                     {"viewBox", "0 0 " + coordinate(area::width) + ' ' + coordinate(area::height)},
                     {"role", "img"}});
    out.element("title", {}, what.title);
    out.element("desc", {}, what.description);
    draw_axes(out, what);
    draw_marks(out, what);
    for (std::size_t i = 0; i < what.series.size(); ++i) draw_series(out, what, i);
    draw_names(out, what);
    out.close();
}

} // namespace meguri::bench
