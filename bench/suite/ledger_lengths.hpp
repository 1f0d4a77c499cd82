// How long the journal of a ledger is that no process serves, and how much of it the state store has not seen.
#pragma once

#include <cstdint>
#include <string>

namespace meguri::bench {

struct ledger_lengths {
    std::uint64_t journal_entries = 0; // those that only the commit log holds are among them
    std::uint64_t tail_entries = 0;    // after the checkpoint: what a start has to bring in
};

// Throws std::runtime_error where the ledger cannot be read.
[[nodiscard]] ledger_lengths lengths_of(const std::string& folder);

} // namespace meguri::bench
