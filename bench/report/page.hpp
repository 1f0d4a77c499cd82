// The report: one HTML page of some records that needs nothing else.
#pragma once

#include "bench/report/record.hpp"

#include <string>
#include <vector>

namespace meguri::bench {

[[nodiscard]] std::string page_of(const std::vector<record>& records);

} // namespace meguri::bench
