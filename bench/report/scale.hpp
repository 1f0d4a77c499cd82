// Where a value stands on an axis, and which values are written beside it.
#pragma once

#include <vector>

namespace meguri::bench {

class scale {
public:
    // From `low` to at least `high`, ended by a round number.
    [[nodiscard]] static scale linear(double low, double high);
    // Between the powers of ten around both, which are above 0.
    [[nodiscard]] static scale logarithmic(double low, double high);
    // Linear, with just these ticks, from the first to the last.
    [[nodiscard]] static scale with_ticks(std::vector<double> ticks);

    // The place between `from` and `to`; a value beyond the scale stands at its end.
    [[nodiscard]] double place(double value, double from, double to) const;
    [[nodiscard]] const std::vector<double>& ticks() const noexcept { return ticks_; }

private:
    scale(bool logarithmic, std::vector<double> ticks);

    bool logarithmic_;
    double low_;
    double high_;
    std::vector<double> ticks_;
};

} // namespace meguri::bench
