#include "bench/act_audit.hpp"

namespace meguri::bench {

void act_audit::see(const ledger_act& one) {
    if (one.number == 0 || one.number >= seen_.size()) {
        ++unasked_;
        return;
    }
    auto& seen = seen_[one.number];
    if ((seen & (not_as_told - 1)) < 100) ++seen;
    if (!is_as_asked(one)) seen |= not_as_told;
}

bool act_audit::is_as_asked(const ledger_act& one) const {
    const act& asked = acts_[one.number];
    const act_rule& rule = rule_of(asked.kind);
    if (one.fact != rule.fact || one.decline_code != rule.decline_code || one.amount != asked.amount) return false;
    if (asked.answer == told::as_expected && one.id_digest != asked.id_digest) return false;
    if (one.payment_id_digest != 0 && one.payment_id_digest != acts_[asked.of].id_digest) return false;
    return one.named == 0 || one.named == asked.of;
}

audit_result act_audit::result() const {
    audit_result all;
    all.unasked = unasked_;
    for (std::size_t i = 0; i < acts_.size(); ++i) {
        const auto times = seen_[i] & (not_as_told - 1);
        const auto answer = acts_[i].answer;
        const bool acknowledged = answer == told::as_expected || answer == told::otherwise;
        all.acknowledged += acknowledged ? 1U : 0U;
        all.found += acknowledged && times > 0 ? 1U : 0U;
        all.missing += acknowledged && times == 0 ? 1U : 0U;
        all.doubled += times > 1 ? 1U : 0U;
        all.different += answer == told::otherwise || (seen_[i] & not_as_told) != 0 ? 1U : 0U;
        all.refused_but_there += answer == told::refused && times > 0 ? 1U : 0U;
        all.unanswered_but_there += answer == told::nothing && times > 0 ? 1U : 0U;
    }
    return all;
}

} // namespace meguri::bench
