// What Linux says about this process and its threads (proc(5)), as samples.
#pragma once

#include "metrics/sample.hpp"

namespace meguri::metrics {

// The process families, and the CPU time of every thread by its name: threads of one name are summed. What /proc does
// not say is left out. Called when somebody scrapes; any thread.
void add_process_samples(samples& out);

} // namespace meguri::metrics
