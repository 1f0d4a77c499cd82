// Members of the JSON of linked accounts and of conversions from them.
#pragma once

#include "ledger/entry.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

namespace meguri::net {

// As the entry, which is the link's newest one or the one that answers a request, says.
void write_link(json_writer& json, const ledger::entry& one, const ledger::link_changed& fact, id_texts& ids);
// `credited`: where points_converted stands; 0: they are not credited yet.
void write_linked_conversion(json_writer& json, const ledger::entry& one, const ledger::linked_conversion_changed& fact,
                             ledger::journal_position credited, id_texts& ids);

} // namespace meguri::net
