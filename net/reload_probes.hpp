// What came of reading the settings again. Written by main's thread alone, read by any thread that collects metrics.
#pragma once

#include "metrics/counter.hpp"

#include <atomic>

namespace meguri::net {

struct reload_probes {
    metrics::counter succeeded;
    metrics::counter failed;
    std::atomic<bool> last_succeeded{true}; // the settings that the process started with were good
};

} // namespace meguri::net
