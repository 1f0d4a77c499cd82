// What the API of one io thread counts. Written by that thread alone, read by any that collects metrics.
#pragma once

#include "metrics/counter.hpp"
#include "net/problem.hpp"

#include <array>

namespace meguri::net {

struct api_probes {
    using counter = metrics::counter;

    std::array<counter, problem_codes> problems; // by problem_code
    counter answers;                             // 2xx
    counter replayed;                            // of these, answers given before
    counter in_flight;                           // operations under way
    counter looking_back;                        // questions about the past under way
};

} // namespace meguri::net
