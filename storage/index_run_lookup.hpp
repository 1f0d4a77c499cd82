// Finds the positions of a digest in a set of runs. Any thread, within its own read transaction.
#pragma once

#include "storage/index_run_store.hpp"
#include "storage/index_runs.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <vector>

namespace meguri::storage {

// Appends the digest's positions, newest first, until `found` has `limit`. Contract: the transaction began after `runs`
// was current and before anything that it lists was deleted (see run_board).
[[nodiscard]] tl::expected<void, error> find_in_runs(lmdb::transaction& within, const index_databases& databases,
                                                     const run_set& runs, const ledger::digest128& digest,
                                                     std::size_t limit, std::vector<ledger::journal_position>& found);

} // namespace meguri::storage
