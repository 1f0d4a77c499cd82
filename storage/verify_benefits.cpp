#include "storage/verify_benefits.hpp"

namespace meguri::storage {

std::optional<verify_benefits::known_list>
verify_benefits::read_list(const ledger::eligibility_changed& fact, const ledger::entry& one, const read_entry& read) {
    known_list list;
    std::size_t rows = 0;
    for (const auto position : fact.lists) {
        if (position == 0 || position >= one.position) return std::nullopt;
        const auto found = read(position);
        const auto* const listed = found ? std::get_if<ledger::eligibility_listed>(&found->what) : nullptr;
        if (listed == nullptr || listed->campaign != fact.campaign || listed->first_row != rows) return std::nullopt;
        for (const auto& row : listed->rows) {
            const bool is_new = row.wallet ? list.wallets.try_emplace(row.wallet, row.measured).second
                                           : list.digests.try_emplace(row.digest, row.measured).second;
            if (!is_new || row.measured > ledger::measure_max) return std::nullopt;
        }
        rows += listed->rows.size();
    }
    if (rows != fact.rows) return std::nullopt;
    return list;
}

bool verify_benefits::take(const ledger::eligibility_changed& fact, const ledger::entry& one, const read_entry& read) {
    using step = ledger::eligibility_step;
    if (fact.step == step::acceptance || fact.step == step::proposal) {
        auto list = read_list(fact, one, read);
        if (!list) return false;
        list->was_in_force = fact.step == step::acceptance;
        return lists_.try_emplace(one.position, std::move(*list)).second;
    }
    const auto known = lists_.find(fact.list);
    if (known == lists_.end()) return false;
    if (fact.step == step::approval) known->second.was_in_force = true;
    return true;
}

bool verify_benefits::allows(const ledger::benefit_granted& fact, const ledger::wallet& to,
                             const key_ring& keys) const {
    if (to.my_key != fact.my_key) return false;
    if (fact.list == 0) return true;
    const auto known = lists_.find(fact.list);
    if (known == lists_.end() || !known->second.was_in_force) return false;
    const known_list& list = known->second;
    std::optional<std::uint64_t> measured;
    if (const auto named = list.wallets.find(fact.wallet); named != list.wallets.end()) measured = named->second;
    if (!measured && fact.my_key && !list.digests.empty()) {
        const auto named = list.digests.find(keys.digest_of_eligible(fact.campaign, fact.my_key));
        if (named != list.digests.end()) measured = named->second;
    }
    return measured && (fact.measured == 0 || fact.measured == *measured);
}

} // namespace meguri::storage
