// What `meguri-bench peers` writes down, of whichever peers it is given.
#pragma once

#include "bench/suite/peer.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace meguri::bench {

struct peers_options {
    std::string meguri; // empty: none
    std::string constant;
    std::string folder; // emptied before and removed after
    std::string json;
    int rounds = 3;
    double seconds = 5;
};

// Starts all that are there, measures them in turns, then checks their books.
[[nodiscard]] boost::json::object measure_peers(const std::vector<peer_kind>& kinds, const peers_options& options);

} // namespace meguri::bench
