#include "storage/index_run_lookup.hpp"

#include "storage/state_store.hpp"

#include <algorithm>
#include <limits>

namespace meguri::storage {
namespace {

// The last block of the run with a key at or before `last`: the first one that ends at or after it, else the run's
// last.
lmdb::maybe_record block_with(lmdb::cursor& over, run_number number, const run_key& last) {
    record_buffer key;
    append_run_key(key, number, last);
    auto found = over.at_least(key);
    if (!found || (*found && run_number_of((**found).key) == number)) return found;
    return *found ? over.previous() : over.last();
}

tl::expected<void, error> find_in_run(lmdb::cursor& over, run_number number, const ledger::digest128& digest,
                                      std::size_t limit, std::vector<ledger::journal_position>& found) {
    std::vector<run_key> block;
    const run_key last{digest, std::numeric_limits<ledger::journal_position>::max()};
    for (auto at = block_with(over, number, last);; at = over.previous()) {
        if (!at) return tl::unexpected{std::move(at.error())};
        if (!*at || run_number_of((**at).key) != number) return {};
        if (!decode_block((**at).value, block)) return tl::unexpected{state_damaged("an index run")};
        auto one = std::upper_bound(block.begin(), block.end(), last);
        if (one == block.begin()) continue; // the block after the last one that may have it
        while (one != block.begin() && (--one)->digest == digest) {
            if (found.size() == limit) return {};
            found.push_back(one->position);
        }
        if (block.front().digest != digest) return {};
    }
}

} // namespace

tl::expected<void, error> find_in_runs(lmdb::transaction& within, const index_databases& databases, const run_set& runs,
                                       const ledger::digest128& digest, std::size_t limit,
                                       std::vector<ledger::journal_position>& found) {
    for (const auto& run : runs.runs) {
        if (found.size() >= limit) return {};
        if (!run->filter.may_contain(digest)) continue;
        auto over = within.open_cursor(databases.levels[run->info.level]);
        if (!over) return tl::unexpected{std::move(over.error())};
        if (auto looked = find_in_run(*over, run->info.number, digest, limit, found); !looked) return looked;
    }
    return {};
}

} // namespace meguri::storage
