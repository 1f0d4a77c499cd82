#include "bench/wallet_choice.hpp"

#include "ledger/contract.hpp"

#include <algorithm>
#include <cmath>

namespace meguri::bench {

// Rejection-inversion: W. Hoermann, G. Derflinger, "Rejection-inversion to generate variates from monotone discrete
// distributions", ACM TOMACS 6 (1996). The columns 1/k^q lie under the curve x^-q moved by a half; a point under the
// curve is drawn by inverting its area, and taken if it lies in its column.
wallet_choice::wallet_choice(std::uint64_t wallets, double exponent) : wallets_{wallets}, exponent_{exponent} {
    EXPECTS(wallets >= 1 && exponent >= 0 && exponent <= 10);
    area_begin_ = area_to(1.5) - 1;
    area_end_ = area_to(static_cast<double>(wallets) + 0.5);
    shortcut_ = 2 - rank_of(area_to(2.5) - std::pow(2.0, -exponent));
}

std::uint64_t wallet_choice::next(std::mt19937_64& random) const {
    if (exponent_ == 0) return random() % wallets_;
    std::uniform_real_distribution<double> between{0, 1};
    for (;;) {
        const double area = area_end_ + between(random) * (area_begin_ - area_end_);
        const double drawn = rank_of(area);
        const double rank = std::clamp(std::round(drawn), 1.0, static_cast<double>(wallets_));
        if (rank - drawn <= shortcut_ || area >= area_to(rank + 0.5) - std::pow(rank, -exponent_))
            return static_cast<std::uint64_t>(rank) - 1;
    }
}

// The integral of x^-q, and its inverse; near q = 1 both by their limits, without losing digits.
double wallet_choice::area_to(double rank) const {
    const double log_rank = std::log(rank);
    const double scaled = (1 - exponent_) * log_rank;
    return (std::abs(scaled) > 1e-8 ? std::expm1(scaled) / scaled : 1 + scaled / 2) * log_rank;
}

double wallet_choice::rank_of(double area) const {
    const double scaled = std::max(area * (1 - exponent_), -1.0);
    return std::exp((std::abs(scaled) > 1e-8 ? std::log1p(scaled) / scaled : 1 - scaled / 2) * area);
}

} // namespace meguri::bench
