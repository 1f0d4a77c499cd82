// Whether two handfuls of figures differ by more than chance.
#pragma once

#include <vector>

namespace meguri::bench {

// The two-sided p of Mann and Whitney's U test: how likely chance alone is to part two samples of one distribution so
// far. Exact where no figures are equal and there are few, else by the normal approximation with correction for ties.
// Contract: neither is empty.
[[nodiscard]] double mann_whitney_p(const std::vector<double>& one, const std::vector<double>& other);

} // namespace meguri::bench
