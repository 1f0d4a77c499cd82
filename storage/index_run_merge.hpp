// Some runs of one level on their way to become one of the next, a slice at a time. An interrupted merge leaves the
// sources as they are; what it had written is deleted by the next start and the merge begins anew.
#pragma once

#include "storage/index_run_writer.hpp"
#include "storage/index_runs.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <vector>

namespace meguri::storage {

class index_run_merge {
public:
    // Contract: the sources are of one level, not the last one; `number` is higher than any number before.
    index_run_merge(index_kind kind, std::vector<run_info> sources, run_number number);

    // One slice: keys, then the filter. True once the run is whole; then finish() writes its record.
    [[nodiscard]] tl::expected<bool, error> step(lmdb::write_transaction& within, lmdb::database source_level,
                                                 lmdb::database target_level, lmdb::database filters,
                                                 slice_budget& budget);
    // In the same transaction as the last slice: the new record in, the sources' records out.
    [[nodiscard]] tl::expected<void, error> record(lmdb::write_transaction& within, lmdb::database runs);

    [[nodiscard]] const std::vector<run_info>& sources() const noexcept { return sources_; }
    [[nodiscard]] index_run_ptr finish() { return target_.finish(); }

private:
    // Where the merge stands in one source: the block in hand, and where to look for the next one.
    struct place {
        run_number number;
        std::vector<run_key> block;
        std::size_t next = 0;
        record_buffer next_block_from;
        bool exhausted = false;
    };

    [[nodiscard]] tl::expected<void, error> refill(lmdb::cursor& source, place& one);
    [[nodiscard]] tl::expected<place*, error> smallest(lmdb::cursor& source);
    [[nodiscard]] tl::expected<void, error> merge_keys(lmdb::cursor& source, lmdb::cursor& target,
                                                       slice_budget& budget);

    index_kind kind_;
    std::vector<run_info> sources_;
    std::vector<place> places_;
    index_run_writer target_;
    std::uint64_t keys_expected_;
    bool keys_done_ = false;
};

} // namespace meguri::storage
