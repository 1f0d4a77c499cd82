// How mandates and orders of debits are written in answers. The members of an object that the caller has begun.
#pragma once

#include "ledger/entry.hpp"
#include "net/json_writer.hpp"
#include "net/render_ids.hpp"

namespace meguri::net {

// As it stands after the entry, which is about it.
void write_mandate(json_writer& json, const ledger::entry& one, id_texts& ids);
void write_debit_order(json_writer& json, const ledger::entry& one, const ledger::debit_order& what, id_texts& ids);
[[nodiscard]] std::string consignor_code(std::uint64_t consignor);

} // namespace meguri::net
