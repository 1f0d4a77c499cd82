// Numbers as one reads them.
#pragma once

#include <string>

namespace meguri::bench {

// "75,600"; with as many decimals.
[[nodiscard]] std::string grouped(double value, int decimals = 0);
// Microseconds with their unit and three digits or so: "31 µs", "0.37 ms", "1.2 s".
[[nodiscard]] std::string latency_text(double us);
// "24 GiB", "1.8 MiB".
[[nodiscard]] std::string bytes_text(double bytes);
// Of a tick: as many decimals as it needs, two at most.
[[nodiscard]] std::string tick_text(double value);
// "2026-11-26 13:36 UTC" of an RFC 3339 time in UTC; anything else as it is.
[[nodiscard]] std::string minute_text(const std::string& rfc3339);
// For coordinates: at most two decimals, none where they are zeros.
[[nodiscard]] std::string coordinate(double value);

} // namespace meguri::bench
