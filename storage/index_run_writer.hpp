// A run on its way to the disk: its keys come in order, fill blocks that are appended to its level's database, and set
// the bits of its Bloom filter. Lives across the slices of a round or a merge; the checkpointer's thread alone.
#pragma once

#include "storage/index_runs.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <vector>

namespace meguri::storage {

// What is left of a slice; a chunk of a filter counts for the pages that it fills.
struct slice_budget {
    std::size_t puts = 0;
    [[nodiscard]] bool spent() const noexcept { return puts == 0; }
    void take(std::size_t count) noexcept { puts -= count < puts ? count : puts; }
};

class index_run_writer {
public:
    index_run_writer(index_kind kind, run_number number, std::uint8_t level, std::uint64_t keys_expected);

    // In order. `level` is a cursor over the level's database.
    [[nodiscard]] tl::expected<void, error> add(lmdb::cursor& level, const run_key& key, slice_budget& budget);
    // The last block, after the last key.
    [[nodiscard]] tl::expected<void, error> close(lmdb::cursor& level, slice_budget& budget);
    // As much of the filter as the budget allows; true once all of it is written. After close().
    [[nodiscard]] tl::expected<bool, error> write_filter(lmdb::write_transaction& within, lmdb::database filters,
                                                         slice_budget& budget);
    // The record that makes the run exist.
    [[nodiscard]] tl::expected<void, error> write_record(lmdb::write_transaction& within, lmdb::database runs) const;

    [[nodiscard]] const run_info& info() const noexcept { return run_.info; }
    // The run as readers see it; the writer is empty after it.
    [[nodiscard]] index_run_ptr finish();

private:
    index_kind kind_;
    index_run run_;
    std::vector<run_key> block_;
    std::size_t filter_written_ = 0; // bytes
    record_buffer key_;
    record_buffer value_;
};

// The key of a run's record, and of a chunk of its filter.
void set_run_record_key(record_buffer& out, index_kind kind, run_number number);
void set_filter_chunk_key(record_buffer& out, index_kind kind, run_number number, std::uint32_t chunk);

} // namespace meguri::storage
