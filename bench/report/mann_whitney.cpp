#include "bench/report/mann_whitney.hpp"

#include "ledger/contract.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

namespace meguri::bench {
namespace {

constexpr std::size_t exact_pairs_max = 400;

// How many of the orders of n and m figures have each U, from 0 through n * m: f(n, m, u) = f(n - 1, m, u - m) +
// f(n, m - 1, u), by which of both has the largest figure.
std::vector<double> orders_by_u(std::size_t n, std::size_t m) {
    std::vector<std::vector<double>> of_fewer(m + 1, {1.0}); // n = 0
    for (std::size_t i = 1; i <= n; ++i) {
        std::vector<std::vector<double>> now{{1.0}};
        for (std::size_t j = 1; j <= m; ++j) {
            std::vector<double> counts(i * j + 1);
            for (std::size_t u = 0; u < of_fewer[j].size(); ++u) counts[u + j] += of_fewer[j][u];
            for (std::size_t u = 0; u < now[j - 1].size(); ++u) counts[u] += now[j - 1][u];
            now.push_back(std::move(counts));
        }
        of_fewer = std::move(now);
    }
    return of_fewer[m];
}

double exact_p(double u, std::size_t n, std::size_t m) {
    const auto orders = orders_by_u(n, m);
    double all = 0;
    double as_far = 0;
    for (std::size_t i = 0; i < orders.size(); ++i) {
        all += orders[i];
        if (static_cast<double>(i) <= u) as_far += orders[i];
    }
    return std::min(1.0, 2 * as_far / all);
}

double approximate_p(double u, double n, double m, const std::map<double, double>& counts) {
    const double total = n + m;
    double ties = 0;
    for (const auto& [figure, count] : counts) ties += count * count * count - count;
    const double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
    if (variance <= 0) return 1; // all are equal
    const double z = (n * m / 2 - u - 0.5) / std::sqrt(variance);
    return std::clamp(std::erfc(z / std::sqrt(2.0)), 0.0, 1.0);
}

} // namespace

double mann_whitney_p(const std::vector<double>& one, const std::vector<double>& other) {
    EXPECTS(!one.empty() && !other.empty());
    double u = 0;
    for (const double a : one)
        for (const double b : other) u += a > b ? 1 : a < b ? 0 : 0.5;
    const auto pairs = static_cast<double>(one.size() * other.size());
    u = std::min(u, pairs - u);
    std::map<double, double> counts;
    for (const auto* const sample : {&one, &other})
        for (const double figure : *sample) ++counts[figure];
    const bool has_ties = counts.size() < one.size() + other.size();
    if (!has_ties && one.size() * other.size() <= exact_pairs_max) return exact_p(u, one.size(), other.size());
    return approximate_p(u, static_cast<double>(one.size()), static_cast<double>(other.size()), counts);
}

} // namespace meguri::bench
