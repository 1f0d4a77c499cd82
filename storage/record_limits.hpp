// How limits and what is counted for them lie within the records of wallets, merchants and programs.
//   limits      flags 1 (1 per payment, 2 amount a day, 4 count a day, 8 amount an hour, 16 count an hour)
//               | (amount 8 or count 4) for each flag
//   windows     day 4 | amount 8 | count 8 | minutes 1 | (minute 8 | amount 8 | count 8)*
#pragma once

#include "ledger/limits.hpp"
#include "storage/record_bytes.hpp"

namespace meguri::storage {

void write(record_writer& out, const ledger::limits& set);
// Refuses the reader where they are none.
[[nodiscard]] ledger::limits read_limits(record_reader& in);

void write(record_writer& out, const ledger::usage_windows& used);
[[nodiscard]] ledger::usage_windows read_windows(record_reader& in);

} // namespace meguri::storage
