// What the journal's writer counts. It alone writes, metrics/ reads from any thread; no order between the numbers.
#pragma once

#include "metrics/counter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace meguri::storage {

struct journal_probes {
    using counter = metrics::counter;

    // Upper bounds of commit_buckets, inclusive; one more bucket takes what is longer.
    static constexpr std::array<std::int64_t, 20> commit_bounds_ns{
        50'000,     100'000,    200'000,     300'000,     500'000,     700'000,      1'000'000,
        1'500'000,  2'000'000,  3'000'000,   5'000'000,   7'000'000,   10'000'000,   15'000'000,
        20'000'000, 50'000'000, 100'000'000, 200'000'000, 500'000'000, 1'000'000'000};

    counter batches;   // committed
    counter entries;   // in them
    counter barriers;  // that rode along or came alone
    counter batch_max; // entries of the largest batch so far
    counter bytes;     // of records, before LMDB's own
    counter commit_ns; // in all
    counter commit_max_ns;
    std::array<counter, commit_bounds_ns.size() + 1> commit_buckets;
    counter queued; // submitted and not yet taken, when the last batch was closed
    counter map_used_bytes;
    counter map_bytes;

    void note_commit(std::int64_t took_ns) noexcept;
};

} // namespace meguri::storage
