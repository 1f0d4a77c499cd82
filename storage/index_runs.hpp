// Index runs: the keys of the journal in order of arrival. Random keys do not scale in a B-tree, so the keys of one
// checkpoint are sorted and appended as a run; runs of one level are merged into one of the next. A look-up asks the
// Bloom filter of each run, in memory, and reads a block only of those that may have the key.
//
//   level database   key: run number 8 | last key of the block 24, big-endian    appended, never changed
//                    value: key* (digest high 8 | low 8 | position 8, little-endian), sorted | crc 4
//   runs             key: index kind 1 | run number 8, big-endian
//                    value: version 1 | level 1 | keys 8 | first position 8 | last position 8 | crc 4
//   run filters      key: index kind 1 | run number 8 | chunk 4, big-endian
//                    value: up to 16,320 bytes of the run's Bloom filter | crc 4
//
// A run exists once its record in `runs` does; blocks and chunks of others are the rest of a merge or of a crash and
// are deleted in slices. One LMDB record per 83 keys, not per key: two blocks fill a page, an append costs a put in 83.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/ids.hpp"
#include "storage/bloom_filter.hpp"
#include "storage/index_keys.hpp"
#include "storage/state_records.hpp"

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace meguri::storage {

using run_number = std::uint64_t; // from 1, never used twice within a kind

inline constexpr std::size_t run_levels = 6;
inline constexpr std::size_t run_fan_in = 8; // so many runs of a level become one of the next; the last level keeps its

struct run_key {
    ledger::digest128 digest;
    ledger::journal_position position = 0;
    friend constexpr auto operator<=>(const run_key&, const run_key&) noexcept = default;
};
static_assert(sizeof(run_key) == 24 && std::is_trivially_copyable_v<run_key>);

struct run_info {
    run_number number = 0;
    std::uint8_t level = 0;
    std::uint64_t keys = 0;
    ledger::journal_position first = 0; // of the positions in it: runs of one kind do not overlap
    ledger::journal_position last = 0;
};

struct index_run {
    run_info info;
    bloom_filter filter;
};
using index_run_ptr = std::shared_ptr<const index_run>;

// All runs of one kind at one moment, newest positions first.
struct run_set {
    std::uint64_t version = 0;
    std::vector<index_run_ptr> runs;
};
using run_set_ptr = std::shared_ptr<const run_set>;

// Where the checkpointer hangs the current set for the readers. What a set no longer lists is deleted only after the
// next one hangs here: a reader that finds the same version again after its read began has seen every run of it.
class run_board {
public:
    void publish(std::vector<index_run_ptr> runs); // the checkpointer's thread
    [[nodiscard]] run_set_ptr current() const;     // any thread; a short lock
    [[nodiscard]] std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

private:
    mutable std::mutex mutex_;
    run_set_ptr set_ = std::make_shared<const run_set>();
    std::atomic<std::uint64_t> version_{0};
};

inline constexpr std::size_t block_keys_max = 83; // two blocks to a page of 4 KiB
inline constexpr std::size_t filter_chunk_bytes = 16'320;

void encode(record_buffer& out, const run_info& one);
[[nodiscard]] std::optional<run_info> decode_run(record_view record, run_number number);

void append_run_key(record_buffer& out, run_number number, const run_key& key);
// nullopt unless 32 bytes.
[[nodiscard]] std::optional<run_number> run_number_of(record_view level_key);

void encode_block(record_buffer& out, std::span<const run_key> sorted);
// Replaces `out`; false where the block is damaged.
[[nodiscard]] bool decode_block(record_view block, std::vector<run_key>& out);

} // namespace meguri::storage
