// Lines over two axes, as one inline SVG with a title and a description for who does not see it.
#pragma once

#include "bench/report/markup.hpp"
#include "bench/report/scale.hpp"

#include <functional>
#include <string>
#include <vector>

namespace meguri::bench {

struct plot_point {
    double x = 0;
    double y = 0;
    bool is_invalid = false; // drawn so that nobody takes it for a measurement
};

struct plot_series {
    std::string name; // stands at its end
    std::vector<plot_point> points;
    bool has_dots = true;
};

struct plot_axis {
    std::string label;
    scale of;
    std::function<std::string(double)> text; // of a tick
};

// A thin line across, with a few words.
struct plot_mark {
    double at;
    std::string label;
};

struct plot {
    std::string title;
    std::string description;
    plot_axis x;
    plot_axis y;
    std::vector<plot_series> series; // at most series_max
    std::vector<plot_mark> at_x{};
    std::vector<plot_mark> at_y{};

    static constexpr std::size_t series_max = 5; // that can be told apart
};

// In the user's units of the SVG: where the axes lie.
struct plot_area {
    static constexpr double width = 600;
    static constexpr double height = 340;
    static constexpr double left = 66;
    static constexpr double right = 504;
    static constexpr double top = 34;
    static constexpr double bottom = 286;
};

void draw(markup& out, const plot& what);

} // namespace meguri::bench
