// The directory of one io thread: the only holder of actor handles. Spawns an actor when it is first needed, with what
// the state store knows of it, and passivates it (erase, then release) when it is idle and clean.
#pragma once

#include "actors/actor_table.hpp"
#include "actors/io_unit.hpp"
#include "actors/protocol.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

namespace meguri::actors {

class switch_thread;

class directory {
public:
    template <class Id, class Handle>
    using table = actor_table<Id, Handle>;
    template <class Handle>
    using slot = handle_slot<Handle>;
    // Null where nothing of that name exists; an error where the store could not be read.
    template <class Handle>
    using found = tl::expected<slot<Handle>*, storage::error>;

    directory(switch_thread& thread, io_unit& unit) : thread_{thread}, unit_{unit} {}

    // `opening`: the id is new and its actor begins empty.
    [[nodiscard]] found<wallet_handle> wallet(ledger::wallet_id id, bool opening);
    [[nodiscard]] found<merchant_handle> merchant(ledger::merchant_id id, bool opening);
    [[nodiscard]] found<campaigns_handle> campaigns(ledger::program_code program);   // never null
    [[nodiscard]] found<conversions_handle> conversions(ledger::partner_id partner); // never null
    [[nodiscard]] found<purchases_handle> purchases(ledger::program_code program);   // never null
    [[nodiscard]] slot<caller_handle>& party(const ledger::caller_ref& caller);
    [[nodiscard]] slot<registry_handle>& registry();

    // Lets go of a bounded number of actors that are idle and whose last entry is at or before the checkpoint.
    void sweep(ledger::journal_position checkpoint);
    void clear();

    [[nodiscard]] std::size_t live_wallets() const noexcept { return wallets_.size(); }
    [[nodiscard]] std::size_t live_callers() const noexcept { return merchants_.size() + parties_.size(); }
    [[nodiscard]] std::uint32_t tick() const noexcept { return tick_; }

private:
    switch_thread& thread_;
    io_unit& unit_;
    table<ledger::wallet_id, wallet_handle> wallets_;
    table<ledger::merchant_id, merchant_handle> merchants_;
    table<ledger::caller_ref, caller_handle> parties_;
    table<std::uint32_t, campaigns_handle> campaigns_; // by the program's number
    table<std::uint32_t, purchases_handle> purchases_; // the same
    table<ledger::partner_id, conversions_handle> conversions_;
    slot<registry_handle> registry_; // on the first io thread only
    std::uint32_t tick_ = 0;         // sweeps so far
};

} // namespace meguri::actors
