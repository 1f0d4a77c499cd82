// A holder's keys as JSON: never the keys themselves. On any thread.
#pragma once

#include "ledger/entry.hpp"
#include "net/json_writer.hpp"
#include "storage/key_ring.hpp"

#include <string_view>

namespace meguri::net {

// Contract: the kind is one that holds keys.
[[nodiscard]] storage::id_kind id_kind_of(ledger::caller_kind holder);

// The scopes' names, or null for a key that has none and so opens everything.
void write_scopes(json_writer& json, ledger::scope_set scopes);
// The keys as an array, as they stand at `now`.
void write_keys(json_writer& json, std::string_view name, const ledger::key_chain& keys, ledger::instant now);

} // namespace meguri::net
