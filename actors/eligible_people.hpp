// Who stands on a list of the eligible: read from the journal when the first of them asks, kept by the campaigns' actor
// while the list is in force. Immutable.
#pragma once

#include "ledger/benefit.hpp"
#include "storage/error.hpp"
#include "storage/key_ring.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <unordered_map>

namespace meguri::storage {
class thread_reader;
} // namespace meguri::storage

namespace meguri::actors {

class eligible_people {
public:
    // Some 2 ms for 10,000 rows, at once. `list`: the entry that accepted or proposed it.
    [[nodiscard]] static tl::expected<eligible_people, storage::error> read(storage::thread_reader& from,
                                                                            ledger::journal_position list);

    [[nodiscard]] ledger::journal_position list() const noexcept { return list_; }
    // What the person has measured, 0 where the list does not say; nullopt: they are not on it. `my_key`: the wallet's
    // active one, or none.
    [[nodiscard]] std::optional<std::uint64_t> measure_of(ledger::wallet_id wallet, ledger::my_key_id my_key,
                                                          const storage::key_ring& keys) const;

private:
    ledger::journal_position list_ = 0;
    ledger::journal_position campaign_ = 0;
    std::unordered_map<ledger::wallet_id, std::uint64_t> wallets_;
    std::unordered_map<ledger::digest128, std::uint64_t> digests_;
};

} // namespace meguri::actors
