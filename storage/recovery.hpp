// What every start does before it serves: makes sure that the state store is a prefix of this very journal, that the
// journal after it is whole, and brings the state store to the journal's end. Called once, on the starting thread.
#pragma once

#include "storage/checkpointer.hpp"
#include "storage/error.hpp"
#include "storage/journal.hpp"

#include <tl/expected.hpp>

namespace meguri::storage {

// Through the checkpointer's own code, so that there is one way only in which entries become state. An empty state
// store is made from the whole journal. Errors: chain_broken where the checkpoint lies beyond the journal's end or the
// hash there is another one, and everything that reading the journal gives, with the position; nothing was written then
// but whole slices.
[[nodiscard]] tl::expected<void, error> recover(const journal& entries, checkpointer& state);

} // namespace meguri::storage
