// When requests arrive that nobody paces: a Poisson process, whose gaps are exponential and independent of each other.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>

namespace meguri::bench {

class poisson_arrivals {
public:
    // `per_second`: above 0. The same seed gives the same arrivals.
    poisson_arrivals(double per_second, std::uint64_t seed, std::uint64_t begin_ns)
        : gap_ns_{1e9 / per_second},
          random_{seed},
          at_ns_{static_cast<double>(begin_ns)} {}

    // The next arrival, nanoseconds on the clock of `begin_ns`.
    [[nodiscard]] std::uint64_t next() {
        // Of the generator's bits as many as a double holds; never 0, whose logarithm there is none of.
        const double uniform = (static_cast<double>(random_() >> 11) + 0.5) / 9007199254740992.0; // 2^53
        at_ns_ -= std::log(uniform) * gap_ns_;
        return static_cast<std::uint64_t>(at_ns_);
    }

private:
    double gap_ns_;
    std::mt19937_64 random_;
    double at_ns_;
};

} // namespace meguri::bench
