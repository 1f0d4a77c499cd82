// Reads records that meguri-bench wrote.
#pragma once

#include "bench/report/field.hpp"
#include "bench/report/record.hpp"

#include <string>
#include <string_view>

namespace meguri::bench {

// Throws bad_record, which names the file and the field.
[[nodiscard]] record parse_record(std::string_view text, const std::string& file);
[[nodiscard]] record read_record(const std::string& path);

} // namespace meguri::bench
