#include "bench/suite/recovery.hpp"

#include <algorithm>
#include <cmath>

namespace meguri::bench {

recovery recovery_after(const load_result& before, const load_result& overload, const load_result& after,
                        double slot_s) {
    recovery found;
    for (const auto& one : before.by_slot) found.wanted_ns = std::max(found.wanted_ns, one.latency.percentile_ns(0.99));
    found.wanted_ns += found.wanted_ns / 4 + 500'000;
    const auto is_as_before = [&](const load_slot& one) {
        return one.answered > 0 && one.shed == 0 && one.latency.percentile_ns(0.99) <= found.wanted_ns;
    };
    const auto enough = static_cast<std::size_t>(std::ceil(1 / slot_s));
    std::size_t in_a_row = 0;
    std::size_t seen = 0;
    while (in_a_row < enough && seen < after.by_slot.size())
        in_a_row = is_as_before(after.by_slot[seen++]) ? in_a_row + 1 : 0;
    found.recovered = in_a_row == enough;
    const std::size_t slots_lost = found.recovered ? seen - enough : seen;
    found.seconds = static_cast<double>(after.counted_from_ns - overload.counted_until_ns) / 1e9 +
                    static_cast<double>(slots_lost) * slot_s;
    return found;
}

stall stall_in(const load_result& of, double slot_s, std::uint64_t limit_ns) {
    stall found{of.silence_ns, of.silence_at_s, 0};
    for (std::size_t i = 0; i < of.by_slot.size(); ++i) {
        const auto waited_ns = of.by_slot[i].latency.max_ns();
        found.slots_over += waited_ns > limit_ns ? 1U : 0U;
        if (waited_ns <= found.longest_ns) continue;
        found.longest_ns = waited_ns;
        found.at_s = static_cast<double>(i) * slot_s;
    }
    return found;
}

} // namespace meguri::bench
