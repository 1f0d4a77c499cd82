// Which kinds of things the entries of a journal have, and all that there are: a ledger that is kept for later versions
// must have each.
#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace meguri::test {

// As "payment step 3": the number is the one that is stored.
[[nodiscard]] std::set<std::string> kinds_in_journal(const std::filesystem::path& ledger);

// By the ranges of storage's codec, so a number that is added is asked for here; but not those that nothing can bring
// about yet.
[[nodiscard]] std::set<std::string> all_kinds();

} // namespace meguri::test
