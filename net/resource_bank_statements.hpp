// POST /v1/bank_statements?program=042021, text/csv: the bank's statement of a program's account, line by line.
//
//   date,amount,remitter,reference,line_number          in UTF-8, the first line; with or without a byte order mark
//   2026-04-01,10000,ﾔﾏﾀﾞ ﾊﾅｺ,012345678942,000017       `reference` and `remitter` may be empty
//
// Each line is taken once for ever, by its program, date and line number; bad ones are named and not taken. The report
// is JSON or, with format=csv, CSV.
#pragma once

#include "net/resource.hpp"

namespace meguri::net {

extern const bulk_form statement_form;
[[nodiscard]] asked take_statement_line(call& from, std::string_view line, std::string& key);

} // namespace meguri::net
