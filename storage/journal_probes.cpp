#include "storage/journal_probes.hpp"

#include <algorithm>

namespace meguri::storage {

void journal_probes::note_commit(std::int64_t took_ns) noexcept {
    const auto bucket = std::lower_bound(commit_bounds_ns.begin(), commit_bounds_ns.end(), took_ns);
    commit_buckets[static_cast<std::size_t>(bucket - commit_bounds_ns.begin())].add(1);
    commit_ns.add(static_cast<std::uint64_t>(took_ns));
    commit_max_ns.raise_to(static_cast<std::uint64_t>(took_ns));
}

} // namespace meguri::storage
