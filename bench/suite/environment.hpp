// Under which conditions a record was measured. Every record of meguri-bench carries the same.
#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace meguri::bench {

// Model of the processor, cores, memory, kernel, file system of `folder` (or where it will be), build and commit,
// `configuration` of what was measured, and what a synced write of 4 KiB there costs, measured now: appended, and in
// place as the commit log writes (null where the file system has no direct writes). And how much later than it asked a
// thread of the idle machine is woken: no latency measured here is more certain than that. Throws std::system_error
// where nothing can be written there.
[[nodiscard]] boost::json::object environment_of(const std::string& folder, boost::json::object configuration);

// The program's own version, and the settings that it was served with.
[[nodiscard]] boost::json::object configuration_of_switch(const std::string& program);

// The wall clock, as RFC 3339.
[[nodiscard]] std::string time_now();

} // namespace meguri::bench
