// The index of administrative acts in the state store: their positions, so that the audit log finds the few among the
// many. Written by the checkpointer with its rounds; it notes how far it is complete, and what a program without it
// left out is made up for at the start.
#pragma once

#include "storage/journal_reader.hpp"
#include "storage/state_store.hpp"

#include <tl/expected.hpp>

#include <vector>

namespace meguri::storage {

[[nodiscard]] tl::expected<void, error> put_act(lmdb::write_transaction& within, const state_databases& in,
                                                ledger::journal_position act);

// Up to which position it is complete. Errors: state_damaged, io_failed.
[[nodiscard]] tl::expected<ledger::journal_position, error> get_acts_complete_to(const lmdb::transaction& within,
                                                                                 const state_databases& in);
[[nodiscard]] tl::expected<void, error> put_acts_complete_to(lmdb::write_transaction& within, const state_databases& in,
                                                             ledger::journal_position position);

// The acts before the position, newest first, at most `limit`; 0: from the newest on.
[[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
get_acts(lmdb::transaction& within, const state_databases& in, ledger::journal_position before, std::size_t limit);

// Reads the journal where the index is not complete up to the checkpoint, which is after an upgrade alone. Before the
// first round. Errors: as journal_reader's and of the store.
[[nodiscard]] tl::expected<void, error> complete_acts(state_store& state, journal_reader& entries,
                                                      ledger::journal_position checkpoint);

} // namespace meguri::storage
