// Records as meguri-bench writes them, with figures that one can follow by hand.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace meguri::bench {

[[nodiscard]] boost::json::object run_record(const std::string& name, double offered, double p99_us,
                                             bool lagged = false);
// Of the kind, valid, without runs; what else the kind has, empty.
[[nodiscard]] boost::json::object record_of_kind(const std::string& kind);

} // namespace meguri::bench
