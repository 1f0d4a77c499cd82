// Conversions, the terms of partners and their coupons, as the API shows them.
#pragma once

#include "ledger/partner.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

namespace meguri::net {

// The members of an object that is begun already. `entry` is the one of the fact.
void write_conversion(json_writer& json, const ledger::entry& entry, const ledger::points_converted& fact,
                      id_texts& ids);
void write_terms_step(json_writer& json, const ledger::entry& entry, const ledger::conversion_terms_changed& fact,
                      id_texts& ids);
// Without its code. `newest`: of the coupon's entries, which says what became of it.
void write_coupon(json_writer& json, const ledger::entry& issue, const ledger::entry& newest, id_texts& ids);
void write_reconciliation(json_writer& json, const ledger::entry& entry, const ledger::partner_reconciled& fact,
                          id_texts& ids);
void write_partner_terms(json_writer& json, const ledger::partner& seen, id_texts& ids);

} // namespace meguri::net
