// What a load measured, as one JSON document: the run, the machine it ran on, and what was found amiss.
#pragma once

#include "bench/act_source.hpp"
#include "bench/http_load.hpp"
#include "bench/suite/benched_switch.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace meguri::bench {

// Model of the processor, cores, memory, kernel, file system of `folder` (or where it will be), compiler; and what a
// synced write of 4 KiB there costs, measured now. Throws std::system_error where nothing can be written there.
[[nodiscard]] boost::json::object environment_of(const std::string& folder);

// The wall clock, as RFC 3339.
[[nodiscard]] std::string time_now();

// Rates a second, latencies in microseconds with the histogram itself, a point for every slot of time.
[[nodiscard]] boost::json::object run_of(const std::string& name, const load_settings& with, const load_result& result);

[[nodiscard]] boost::json::object audit_of(const switch_audit& found);
// {"pay": {"asked": n, "as_expected": n}, ...}: of each kind of act that was asked.
[[nodiscard]] boost::json::object acts_of(const act_source& source);

} // namespace meguri::bench
