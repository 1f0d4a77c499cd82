// Applications and changes of accounts, as the entries about them say how they stand.
#pragma once

#include "ledger/entry.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

namespace meguri::net {

// Their members alone; who has begun the object ends it.
void write_application(json_writer& json, const ledger::entry& one, const ledger::application_changed& fact,
                       id_texts& ids);
void write_account_change(json_writer& json, const ledger::entry& one, const ledger::account_changed& fact,
                          id_texts& ids);

[[nodiscard]] std::string_view name_of(ledger::application_step step) noexcept;

} // namespace meguri::net
