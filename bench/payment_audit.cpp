#include "bench/payment_audit.hpp"

#include <algorithm>

namespace meguri::bench {

void payment_audit::see(std::uint64_t number, bool captured, std::int64_t amount) {
    if (number == 0 || number >= seen_.size()) {
        ++unasked_;
        return;
    }
    auto& seen = seen_[number];
    if ((seen & (not_as_told - 1)) < 100) ++seen;
    const auto expected = told_[number];
    const bool is_decision = expected == told::captured || expected == told::declined;
    if (amount != amount_of_each || (is_decision && captured != (expected == told::captured))) seen |= not_as_told;
}

audit_result payment_audit::result() const {
    audit_result all;
    all.unasked = unasked_;
    for (std::size_t i = 0; i < told_.size(); ++i) {
        const auto times = seen_[i] & (not_as_told - 1);
        const bool acknowledged = told_[i] == told::captured || told_[i] == told::declined;
        all.acknowledged += acknowledged ? 1U : 0U;
        all.found += acknowledged && times > 0 ? 1U : 0U;
        all.missing += acknowledged && times == 0 ? 1U : 0U;
        all.doubled += times > 1 ? 1U : 0U;
        all.different += (seen_[i] & not_as_told) != 0 ? 1U : 0U;
        all.refused_but_there += told_[i] == told::refused && times > 0 ? 1U : 0U;
        all.unanswered_but_there += told_[i] == told::nothing && times > 0 ? 1U : 0U;
    }
    return all;
}

} // namespace meguri::bench
