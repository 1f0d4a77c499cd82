// Which wallet pays next: any as likely as another, or few of them most of the time (Zipf's law: the wallet of rank k
// is 1 / k^exponent as likely as the first).
#pragma once

#include <cstdint>
#include <random>

namespace meguri::bench {

class wallet_choice {
public:
    // `wallets`: 1 or more. `exponent`: 0 is uniform; up to 10.
    wallet_choice(std::uint64_t wallets, double exponent);

    // From 0 to wallets - 1, the likeliest first. Constant time, whatever the number of wallets.
    [[nodiscard]] std::uint64_t next(std::mt19937_64& random) const;

private:
    [[nodiscard]] double area_to(double rank) const;
    [[nodiscard]] double rank_of(double area) const;

    std::uint64_t wallets_;
    double exponent_;
    double area_begin_ = 0;
    double area_end_ = 0;
    double shortcut_ = 0; // ranks so near to their column's middle are always accepted
};

} // namespace meguri::bench
