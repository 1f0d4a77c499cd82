#include "storage/verify_clawbacks.hpp"

namespace meguri::storage {

bool verify_clawbacks::propose(const ledger::clawback_changed& fact, const ledger::entry& one, const read_entry& read,
                               const key_ring& keys, const grants& known) {
    std::vector<awaited> rows;
    for (const auto position : fact.lists) {
        if (position == 0 || position >= one.position) return false;
        const auto found = read(position);
        const auto* const listed = found ? std::get_if<ledger::recipients_listed>(&found->what) : nullptr;
        if (listed == nullptr || listed->campaign != fact.campaign || listed->first_row != rows.size()) return false;
        for (const auto& row : listed->rows) {
            if (!known.contains(keys.digest_of_occasion(fact.campaign, row.wallet, row.occasion))) return false;
            rows.push_back({row.wallet, row.occasion, row.line});
        }
    }
    if (rows.size() != fact.rows) return false;
    return proposals_.try_emplace(one.position, std::move(rows)).second;
}

bool verify_clawbacks::take(const ledger::clawback_changed& fact, const ledger::entry& one, const read_entry& read,
                            const key_ring& keys, const grants& known) {
    if (fact.step == ledger::clawback_step::proposal) return propose(fact, one, read, keys, known);
    const auto of = proposals_.find(fact.clawback);
    if (of == proposals_.end()) return false;
    for (const auto& ended : fact.ended) {
        if (ended.row >= of->second.size()) return false;
        awaited& row = of->second[ended.row];
        if (row.has_come || row.line != ended.line) return false;
        row.has_come = true;
    }
    return true;
}

bool verify_clawbacks::take(const ledger::points_clawed_back& fact, const read_entry& read, const key_ring& keys,
                            const grants& known) {
    const auto of = proposals_.find(fact.clawback);
    if (of == proposals_.end() || fact.row >= of->second.size()) return false;
    awaited& row = of->second[fact.row];
    if (row.has_come || row.wallet != fact.wallet) return false;
    row.has_come = true;
    const auto granted = known.find(keys.digest_of_occasion(fact.campaign, row.wallet, row.occasion));
    if (granted == known.end()) return false;
    const auto entry = read(granted->second);
    const auto* const lot = entry ? ledger::campaign_grant_in(*entry).lot : nullptr;
    return lot != nullptr && *lot->lot == *fact.lot.lot && fact.lot.amount <= lot->amount;
}

} // namespace meguri::storage
