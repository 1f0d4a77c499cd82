#include "bench/report/scale.hpp"

#include "ledger/contract.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace meguri::bench {
namespace {

constexpr int steps_wanted = 5;

// 1, 2 or 5 times a power of ten.
double round_step(double at_least) {
    const double power = std::pow(10, std::floor(std::log10(at_least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= at_least * (1 - 1e-9)) return factor * power;
    return 10 * power;
}

} // namespace

scale::scale(bool logarithmic, std::vector<double> ticks)
    : logarithmic_{logarithmic},
      low_{ticks.front()},
      high_{ticks.back()},
      ticks_{std::move(ticks)} {}

scale scale::linear(double low, double high) {
    const double step = round_step(std::max(high - low, 1e-9) / steps_wanted);
    const double first = std::floor(low / step) * step;
    std::vector<double> ticks{first};
    while (ticks.back() < high - 1e-9 * step || ticks.size() < 2)
        ticks.push_back(first + step * static_cast<double>(ticks.size()));
    return {false, std::move(ticks)};
}

scale scale::logarithmic(double low, double high) {
    EXPECTS(low > 0 && high >= low);
    const auto first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
    const auto last = std::max(static_cast<int>(std::ceil(std::log10(high) - 1e-9)), first + 1);
    std::vector<double> ticks;
    for (int power = first; power <= last; ++power) ticks.push_back(std::pow(10, power));
    return {true, std::move(ticks)};
}

scale scale::with_ticks(std::vector<double> ticks) {
    EXPECTS(ticks.size() >= 2);
    return {false, std::move(ticks)};
}

double scale::place(double value, double from, double to) const {
    const auto on = [this](double one) { return logarithmic_ ? std::log10(std::max(one, low_)) : one; };
    const double share = (on(value) - on(low_)) / (on(high_) - on(low_));
    return from + std::clamp(share, 0.0, 1.0) * (to - from);
}

} // namespace meguri::bench
