// What the journal's writer and its filer count, each on its own thread; metrics/ reads from any; no order between the
// numbers.
#pragma once

#include "metrics/bucket_counts.hpp"

#include <array>
#include <cstdint>

namespace meguri::storage {

inline constexpr std::array<std::int64_t, 20> journal_bounds_ns{
    50'000,     100'000,    200'000,     300'000,     500'000,     700'000,      1'000'000,
    1'500'000,  2'000'000,  3'000'000,   5'000'000,   7'000'000,   10'000'000,   15'000'000,
    20'000'000, 50'000'000, 100'000'000, 200'000'000, 500'000'000, 1'000'000'000};
inline constexpr std::array<std::int64_t, 13> batch_bounds_entries{1,   2,   4,   8,     16,    32,   64,
                                                                   128, 256, 512, 1'024, 2'048, 4'096};

struct journal_probes {
    using counter = metrics::counter;

    metrics::bucket_counts<batch_bounds_entries.size()> batches{
        batch_bounds_entries};                                                     // committed; its sum is the entries
    metrics::bucket_counts<journal_bounds_ns.size()> commit_ns{journal_bounds_ns}; // sealing, writing, the sync
    metrics::bucket_counts<journal_bounds_ns.size()> sync_ns{journal_bounds_ns};   // of these the log's synced write
    counter barriers;                                                              // that rode along or came alone
    counter bytes;                                                                 // of records, before LMDB's own
    counter queued; // submitted and not yet taken, when the last batch was closed
    counter map_used_bytes;
    counter map_bytes;
    counter unfiled_bytes; // in the commit log and not yet in LMDB, after the last batch
};

struct filer_probes {
    metrics::bucket_counts<journal_bounds_ns.size()> filing_ns{journal_bounds_ns}; // one transaction with both syncs
    metrics::counter entries;
};

} // namespace meguri::storage
