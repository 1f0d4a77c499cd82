// What the replay of `meguri verify` knows of policy benefits: who stands on which list of the eligible, and which
// lists were ever in force. Part of verify; one thread.
#pragma once

#include "ledger/entry.hpp"
#include "ledger/wallet.hpp"
#include "storage/error.hpp"
#include "storage/key_ring.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

namespace meguri::storage {

struct verify_benefits {
    using read_entry = std::function<tl::expected<ledger::entry, error>(ledger::journal_position)>;

    // Whether the list that it brings is whole and comes before it, or the one that it approves is known.
    [[nodiscard]] bool take(const ledger::eligibility_changed& fact, const ledger::entry& one, const read_entry& read);
    // Whether the wallet is the person's, and the person on the list with that measure. `to`: the wallet before it.
    [[nodiscard]] bool allows(const ledger::benefit_granted& fact, const ledger::wallet& to,
                              const key_ring& keys) const;

private:
    struct known_list {
        std::unordered_map<ledger::wallet_id, std::uint64_t> wallets; // what each has measured
        std::unordered_map<ledger::digest128, std::uint64_t> digests;
        bool was_in_force = false;
    };
    [[nodiscard]] static std::optional<known_list> read_list(const ledger::eligibility_changed& fact,
                                                             const ledger::entry& one, const read_entry& read);

    std::map<ledger::journal_position, known_list> lists_; // by the entry that brought each
};

} // namespace meguri::storage
