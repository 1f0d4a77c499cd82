// For who reads the journal's database beside a switch: what was acknowledged a moment ago may lie in the commit log
// alone.
#pragma once

#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <filesystem>

namespace meguri::storage {

// Returns when LMDB has every entry that was durable at the call: a switch that runs files it within moments; where
// none runs, this does. Not in the process that has the journal open. Errors: not_a_ledger, stopped where a running
// switch files nothing in that time, and as journal::open().
[[nodiscard]] tl::expected<void, error> wait_until_filed(const std::filesystem::path& ledger,
                                                         std::chrono::milliseconds at_most = std::chrono::seconds{10});

} // namespace meguri::storage
