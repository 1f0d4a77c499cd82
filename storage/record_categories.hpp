// How categories lie within the records of merchants, campaigns and wallets: count 1 (1 to 8) | (length 1, text)*.
// Where there are none, nothing is written: a flag of the record says so.
#pragma once

#include "ledger/category_set.hpp"
#include "storage/record_bytes.hpp"

namespace meguri::storage {

// Contract: not empty.
void write(record_writer& out, const ledger::category_set& set);
// Refuses the reader where they are none.
[[nodiscard]] ledger::category_set read_categories(record_reader& in);

} // namespace meguri::storage
