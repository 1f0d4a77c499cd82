// The answer to a command, rendered from its journal entry alone: a repetition years later gives the same bytes. Keys
// and codes are derived again. On any io thread.
#pragma once

#include "ledger/entry.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

#include <string>

namespace meguri::net {

// The HTTP status of the entry's answer: 201 for what came into being, 200 for what was changed.
[[nodiscard]] int status_of(const ledger::entry& one) noexcept;

// Appends the answer's body. Contract: the entry is one that a command makes.
void render_entry(std::string& body, const ledger::entry& one, id_texts& ids);

// The same as a member, without the key that the answer showed.
void write_without_key(json_writer& json, std::string_view name, const ledger::entry& one, id_texts& ids);

// The authorization as it stood after the entry that decided it or was a step of it, as an element or as a whole.
// Contract: the entry is one of the two. The second writes it as a member.
void render_authorization(json_writer& json, const ledger::entry& one, id_texts& ids);

void write_authorization(json_writer& json, std::string_view name, const ledger::entry& one, id_texts& ids);

} // namespace meguri::net
