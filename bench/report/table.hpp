// Figures as a real table, which stands beside every plot.
#pragma once

#include "bench/report/markup.hpp"

#include <string>
#include <vector>

namespace meguri::bench {

struct table_row {
    std::vector<std::string> cells; // the first names the row
    std::string why_invalid{};      // empty: it is valid
};

struct table {
    std::string caption;
    std::vector<std::string> head;
    std::vector<table_row> rows;
};

void write(markup& out, const table& what);

} // namespace meguri::bench
