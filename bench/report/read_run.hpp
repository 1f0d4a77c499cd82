// The parts of a record that all kinds have: its runs and its conditions.
#pragma once

#include "bench/report/field.hpp"
#include "bench/report/record.hpp"

#include <optional>
#include <string_view>

namespace meguri::bench {

// Each throws bad_record.
[[nodiscard]] measured_run read_run(const field& from);
[[nodiscard]] conditions conditions_of(const field& environment);
[[nodiscard]] std::optional<double> number_if_any(const field& in, std::string_view name);

} // namespace meguri::bench
