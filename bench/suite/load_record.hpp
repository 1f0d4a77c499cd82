// What a load measured, as one JSON document: the run, the machine it ran on, and what was found amiss.
#pragma once

#include "bench/http_load.hpp"
#include "bench/payment_audit.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>

namespace meguri::bench {

// Model of the processor, cores, memory, kernel, file system of `folder` (or where it will be), compiler; and what a
// synced write of 4 KiB there costs, measured now. Throws std::system_error where nothing can be written there.
[[nodiscard]] boost::json::object environment_of(const std::string& folder);

// The wall clock, as RFC 3339.
[[nodiscard]] std::string time_now();

// Rates a second, latencies in microseconds with the histogram itself, a point for every second.
[[nodiscard]] boost::json::object run_of(const std::string& name, const load_settings& with, const load_result& result);

[[nodiscard]] boost::json::object audit_of(const audit_result& found);

} // namespace meguri::bench
