// What a load measured, as JSON: the runs and what the audit found.
#pragma once

#include "bench/act_source.hpp"
#include "bench/http_load.hpp"
#include "bench/suite/benched_switch.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace meguri::bench {

// Rates a second, latencies in microseconds with the histogram itself, a point for every slot of time.
[[nodiscard]] boost::json::object run_of(const std::string& name, const load_settings& with, const load_result& result);

[[nodiscard]] boost::json::object audit_of(const switch_audit& found);
// {"pay": {"asked": n, "as_expected": n}, ...}: of each kind of act that was asked.
[[nodiscard]] boost::json::object acts_of(const act_source& source);

} // namespace meguri::bench
