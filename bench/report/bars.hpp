// Lying bars, one a row, as one inline SVG; the whisker goes from the least to the most of what was measured.
#pragma once

#include "bench/report/markup.hpp"

#include <string>
#include <vector>

namespace meguri::bench {

struct bar {
    std::string name;
    double value = 0;
    double least = 0;
    double most = 0;
    std::string words;       // at its end
    bool is_own = false;     // the one that the others are compared with
    bool is_invalid = false; // has no figure, only words
};

struct bar_chart {
    std::string title;
    std::string description;
    std::vector<bar> bars;
};

// Where they lie, in the user's units of the SVG.
struct bar_area {
    static constexpr double width = 600;
    static constexpr double left = 4;
    static constexpr double right = 430; // room for the words
    static constexpr double row = 44;
    static constexpr double top = 24; // of the first bar, its name above it
    static constexpr double thickness = 12;
};

void draw(markup& out, const bar_chart& what);

} // namespace meguri::bench
