#include "bench/quantiles.hpp"

#include "ledger/contract.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace meguri::bench {

double quantile(std::vector<double> of, double fraction) {
    EXPECTS(!of.empty() && fraction >= 0 && fraction <= 1);
    std::ranges::sort(of);
    const double at = fraction * static_cast<double>(of.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const auto above = std::min(below + 1, of.size() - 1);
    return std::lerp(of[below], of[above], at - std::floor(at));
}

} // namespace meguri::bench
