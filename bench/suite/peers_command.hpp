// `meguri-bench peers`: the same payment by others, in turns with the switch, so that the machine's drift falls on all.
#pragma once

#include "bench/suite/peers_record.hpp"

#include <CLI/App.hpp>

namespace meguri::bench {

void add_peers_options(CLI::App& command, peers_options& options);
// 0 where every peer was measured and checks out.
[[nodiscard]] int run_peers(const peers_options& options);

} // namespace meguri::bench
