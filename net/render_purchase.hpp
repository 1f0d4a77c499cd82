// How purchases, and money that came for them or for nothing known, are written in answers.
#pragma once

#include "ledger/entry.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

namespace meguri::net {

// The members of an object that the caller has begun.
// `is_ordered`: the bank has been asked to debit it.
void write_purchase(json_writer& json, const ledger::purchase& one, ledger::jst_day today, id_texts& ids,
                    bool is_ordered = false);
void write_transfer(json_writer& json, const ledger::bank_transfer& one, id_texts& ids);
void write_purchase_terms(json_writer& json, const ledger::purchase_terms_set& fact);

} // namespace meguri::net
