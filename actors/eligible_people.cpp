#include "actors/eligible_people.hpp"

#include "storage/thread_reader.hpp"

namespace meguri::actors {

tl::expected<eligible_people, storage::error> eligible_people::read(storage::thread_reader& from,
                                                                    ledger::journal_position list) {
    const auto brought = from.read(list);
    if (!brought) return tl::unexpected{brought.error()};
    const auto& fact = std::get<ledger::eligibility_changed>(brought->what);
    eligible_people found;
    found.list_ = list;
    found.campaign_ = fact.campaign;
    for (const auto position : fact.lists) {
        const auto part = from.read(position);
        if (!part) return tl::unexpected{part.error()};
        for (const auto& row : std::get<ledger::eligibility_listed>(part->what).rows)
            if (row.wallet)
                found.wallets_.emplace(row.wallet, row.measured);
            else
                found.digests_.emplace(row.digest, row.measured);
    }
    return found;
}

std::optional<std::uint64_t> eligible_people::measure_of(ledger::wallet_id wallet, ledger::my_key_id my_key,
                                                         const storage::key_ring& keys) const {
    if (const auto named = wallets_.find(wallet); named != wallets_.end()) return named->second;
    if (!my_key || digests_.empty()) return std::nullopt;
    const auto named = digests_.find(keys.digest_of_eligible(campaign_, my_key));
    return named != digests_.end() ? std::optional{named->second} : std::nullopt;
}

} // namespace meguri::actors
