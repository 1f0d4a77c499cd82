// The journal's entries as the acts of a load that they are.
#pragma once

#include "bench/act_audit.hpp"
#include "bench/act_source.hpp"
#include "storage/key_ring.hpp"

#include <optional>

namespace meguri::bench {

class act_reading {
public:
    // Both outlive it.
    act_reading(const act_source& source, const storage::key_ring& keys) : source_{source}, keys_{keys} {}

    // Nothing where no till asked for the entry; an act of nobody's number where this load did not.
    [[nodiscard]] std::optional<ledger_act> act_of(const ledger::entry& one) const;

private:
    void read(ledger_act& act, ledger::journal_position at, const ledger::payment_decided& paid) const;
    void read(ledger_act& act, ledger::journal_position at, const ledger::payment_changed& step) const;
    void read(ledger_act& act, ledger::journal_position at, const ledger::key_barred& barred) const;
    [[nodiscard]] std::uint64_t id(storage::id_kind kind, ledger::journal_position at) const;

    const act_source& source_;
    const storage::key_ring& keys_;
};

} // namespace meguri::bench
