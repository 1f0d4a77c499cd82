// What came of each line of a partner's file, as JSON and as CSV.
#pragma once

#include "net/partner_csv.hpp"

#include <string>
#include <vector>

namespace meguri::net {

// Lines that agree are told only where `all` of them are wanted.
//
//   line,reference,result,column,their_units,their_amount,our_units,our_amount,what
void write_report_csv(std::string& out, const partner_file& file, const std::vector<ledger::difference>& differences,
                      bool all);
// The members `differences`, `faults` and, where all are wanted, `agreed`, and the end of an object that has others.
void append_report_json(std::string& out, const partner_file& file, const std::vector<ledger::difference>& differences,
                        bool all);

} // namespace meguri::net
