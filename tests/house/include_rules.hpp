// Which folder may include what, as ARCHITECTURE.md says it. Used by the layers test alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meguri::house {

// What one source file breaks, a sentence each: `ledger/wallet.cpp:12: ...`. `path` is relative to the project's
// folder, `source` the file's text.
[[nodiscard]] std::vector<std::string> broken_include_rules(std::string_view path, std::string_view source);

} // namespace meguri::house
