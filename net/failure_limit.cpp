#include "net/failure_limit.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::net {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

} // namespace

void failure_limit::set(const failure_limit_settings& with) noexcept {
    EXPECTS(with.burst >= 1);
    interval_ns_ = with.per_second == 0 ? 0 : second_ns / with.per_second;
    slack_ns_ = (std::int64_t{with.burst} - 1) * interval_ns_;
}

bool failure_limit::count(client_network from, std::int64_t now_ns) noexcept {
    if (interval_ns_ == 0) return true;
    row& mine = rows_[row_of(from)];
    auto at = std::find_if(mine.begin(), mine.end(), [from](const bucket& one) { return one.from == from; });
    if (at == mine.end()) {
        at = std::min_element(mine.begin(), mine.end(),
                              [](const bucket& a, const bucket& b) { return a.full_at_ns < b.full_at_ns; });
        *at = {from, 0};
    }
    if (!admits_another(at->full_at_ns, now_ns)) return false;
    at->full_at_ns = std::max(at->full_at_ns, now_ns) + interval_ns_;
    return true;
}

bool failure_limit::is_reached(client_network from, std::int64_t now_ns) const noexcept {
    if (interval_ns_ == 0) return false;
    const row& mine = rows_[row_of(from)];
    const auto at = std::find_if(mine.begin(), mine.end(), [from](const bucket& one) { return one.from == from; });
    return at != mine.end() && !admits_another(at->full_at_ns, now_ns);
}

// Neighbouring networks go to different rows (the finalizer of MurmurHash3).
std::size_t failure_limit::row_of(client_network from) noexcept {
    std::uint64_t mixed = from.number();
    mixed = (mixed ^ mixed >> 33) * 0xff51afd7ed558ccdULL;
    mixed = (mixed ^ mixed >> 33) * 0xc4ceb9fe1a85ec53ULL;
    return static_cast<std::size_t>((mixed ^ mixed >> 33) % rows);
}

} // namespace meguri::net
