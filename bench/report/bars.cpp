#include "bench/report/bars.hpp"

#include "bench/report/figures.hpp"

#include <algorithm>

namespace meguri::bench {
namespace {

using area = bar_area;

void draw_bar(markup& out, const bar& one, double y, double most) {
    out.open("g", {{"class", one.is_invalid ? "bar invalid" : one.is_own ? "bar own" : "bar"}});
    out.element("text", {{"class", "words"}, {"x", coordinate(area::left)}, {"y", coordinate(y - 6)}}, one.name);
    const auto place = [most](double value) {
        return most > 0 ? area::left + value / most * (area::right - area::left) : area::left;
    };
    double end = area::left;
    if (!one.is_invalid) {
        end = std::max(place(one.value), place(one.most));
        out.empty("rect", {{"x", coordinate(area::left)},
                           {"y", coordinate(y)},
                           {"width", coordinate(place(one.value) - area::left)},
                           {"height", coordinate(area::thickness)}});
        const auto middle = coordinate(y + area::thickness / 2);
        out.empty("line", {{"class", "whisker"},
                           {"x1", coordinate(place(one.least))},
                           {"y1", middle},
                           {"x2", coordinate(place(one.most))},
                           {"y2", middle}});
    }
    out.element("text", {{"class", "value"}, {"x", coordinate(end + 8)}, {"y", coordinate(y + area::thickness - 1)}},
                one.words);
    out.close();
}

} // namespace

void draw(markup& out, const bar_chart& what) {
    double most = 0;
    for (const auto& one : what.bars)
        if (!one.is_invalid) most = std::max({most, one.value, one.most});
    const double height = area::top + area::row * static_cast<double>(what.bars.size());
    out.open("svg", {{"xmlns", "http://www.w3.org/2000/svg"},
                     {"viewBox", "0 0 " + coordinate(area::width) + ' ' + coordinate(height)},
                     {"role", "img"}});
    out.element("title", {}, what.title);
    out.element("desc", {}, what.description);
    double y = area::top;
    for (const auto& one : what.bars) {
        draw_bar(out, one, y, most);
        y += area::row;
    }
    out.close();
}

} // namespace meguri::bench
