#include "ledger/benefit.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {
namespace {

constexpr std::int64_t ms_per_second = 1000;
constexpr std::int64_t ms_per_hour = 3'600 * ms_per_second;

} // namespace

bool is_possible(const campaign_event& one) noexcept {
    const std::int64_t length_ms = one.ends.unix_ms() - one.begins.unix_ms();
    if (one.name.empty() || length_ms <= 0 || length_ms > event_hours_max * ms_per_hour) return false;
    if (one.rotates_s == 0) return true;
    return one.rotates_s >= event_rotation_min_s && one.rotates_s <= event_rotation_max_s &&
           length_ms / (one.rotates_s * ms_per_second) < event_code_last;
}

std::uint32_t code_shown_at(const campaign_event& of, instant now) noexcept {
    EXPECTS(now >= of.begins);
    if (of.rotates_s == 0) return 0;
    const std::int64_t since_ms = now.unix_ms() - of.begins.unix_ms();
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>(since_ms / (of.rotates_s * ms_per_second), event_code_last));
}

bool is_code_taken(const campaign_event& of, std::uint32_t code, instant now) noexcept {
    if (now < of.begins || now >= of.ends) return false;
    const std::uint32_t shown = code_shown_at(of, now);
    if (code == shown) return true;
    if (of.rotates_s == 0 || shown == 0 || code != shown - 1) return false;
    const std::int64_t since_ms = now.unix_ms() - of.begins.unix_ms() - shown * (of.rotates_s * ms_per_second);
    return since_ms < std::min(of.rotates_s, event_grace_max_s) * ms_per_second;
}

} // namespace meguri::ledger
