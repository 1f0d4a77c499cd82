// `meguri init`: a new ledger in a new or empty folder, with its first two entries. Called by main, and by tests.
#pragma once

#include "ledger/calendar.hpp"
#include "storage/error.hpp"
#include "storage/secret.hpp"

#include <tl/expected.hpp>

#include <filesystem>
#include <string>

namespace meguri::storage {

// Makes folder, key file and journal, all synced, and answers the first operator's bearer key. A ledger `for_tests` is
// one for ever: only there is a turned clock accepted. Errors: not_empty, io_failed, disk_full.
[[nodiscard]] tl::expected<secret<std::string>, error> make_new_ledger(const std::filesystem::path& folder,
                                                                       bool for_tests, ledger::instant now);

} // namespace meguri::storage
