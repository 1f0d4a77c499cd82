// The recent index: the keys of what is durable in the journal but not yet in the state store. The journal's writer
// fills it after each commit and before the answers leave, all io threads read it, the checkpointer empties it after
// the last slice of its round. So a key that is not here is in the state store, in a read begun after this miss.
//
//   shard (by kind, then 16 by digest) -> segments, oldest first, each a table of fixed size for a range of positions
//
// Codes and bearer keys have shards of their own: few are new at a time, so a payment's look-up of a code finds its
// shard empty. A segment never grows: the lock is never held for a rehash, and emptying is letting go of whole
// segments.
#pragma once

#include "storage/index_keys.hpp"
#include "storage/journal_writer.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace meguri::storage {

class recent_index final : public durable_observer {
public:
    explicit recent_index(const key_ring& keys);
    ~recent_index() override;
    recent_index(const recent_index&) = delete;
    recent_index& operator=(const recent_index&) = delete;

    // The writer's hook: every key of the batch.
    void durable(std::span<append_request* const> entries) noexcept override;

    // Adds a key; positions never decrease. One thread at a time: the journal's writer.
    void insert(const index_key& key, ledger::journal_position position);

    // The newest position of the key. Any thread.
    [[nodiscard]] std::optional<ledger::journal_position> find_last(const index_key& key) const;

    // Appends the positions of the key, newest first, at most `limit`. Any thread.
    void find_all(const index_key& key, std::size_t limit, std::vector<ledger::journal_position>& found) const;

    // Lets go of segments that lie wholly at or before the position; what stays is merely known twice. Any thread.
    void forget_through(ledger::journal_position position);

    // How many keys it holds, for the probes.
    [[nodiscard]] std::size_t size() const noexcept { return keys_.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t shards_of_kind = 16;

    class segment;
    struct shard {
        mutable std::mutex mutex;
        std::deque<std::unique_ptr<segment>> segments; // oldest first
    };

    [[nodiscard]] static std::size_t number_of_shard(const index_key& key) noexcept {
        return (static_cast<std::size_t>(key.kind) - 1) * shards_of_kind + (key.digest.high >> 60);
    }
    [[nodiscard]] shard& shard_of(const index_key& key) noexcept { return shards_[number_of_shard(key)]; }
    [[nodiscard]] const shard& shard_of(const index_key& key) const noexcept { return shards_[number_of_shard(key)]; }

    const key_ring& ring_;
    std::array<shard, index_kinds * shards_of_kind> shards_;
    std::atomic<std::size_t> keys_{0};
};

} // namespace meguri::storage
