// Medians and the like, of a few figures.
#pragma once

#include <vector>

namespace meguri::bench {

// Between the two nearest, by linear interpolation (Hyndman and Fan's type 7): 0.5 is the median. Contract: not empty.
[[nodiscard]] double quantile(std::vector<double> of, double fraction);

} // namespace meguri::bench
