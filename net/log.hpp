// How the process logs: to standard error, because standard output carries what scripts read. Called by main, once,
// before any thread starts.
#pragma once

#include "config/settings.hpp"

namespace meguri::net {

// One line an event: readable text, or one JSON object with `time`, `level` and `message`.
void set_up_log(const config::log_settings& with);

// The same with another level or format, from the next event on. Any thread.
void adjust_log(const config::log_settings& with);

} // namespace meguri::net
