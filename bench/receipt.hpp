// A till's receipt, in Japanese, 42 columns wide (a full-width character takes two), approved or declined.
#pragma once

#include "bench/demo_town.hpp"

#include <string>

namespace meguri::bench {

// `answer` is the authorization as the API gave it.
[[nodiscard]] std::string receipt_of(const demo_till& till, const boost::json::value& answer);

} // namespace meguri::bench
