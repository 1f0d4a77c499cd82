#include "storage/recent_index.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::storage {

using ledger::journal_position;

// Open addressing, linear probing, never a deletion: equal keys stand along the probe in the order of their arrival.
class recent_index::segment {
public:
    static constexpr std::size_t keys_max = 2048;

    [[nodiscard]] bool full() const noexcept { return count_ == keys_max; }
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] journal_position last() const noexcept { return last_; }

    void insert(const index_key& key, journal_position position) noexcept {
        std::size_t at = first_place(key);
        while (slots_[at].tag != 0) at = (at + 1) % slot_count;
        slots_[at] = {key.digest, tag_of(key.kind, position)};
        ++count_;
        last_ = position;
    }

    // Calls found(position) for each, oldest first.
    template <class Found>
    void for_each(const index_key& key, Found found) const {
        for (std::size_t at = first_place(key); slots_[at].tag != 0; at = (at + 1) % slot_count)
            if (slots_[at].digest == key.digest && slots_[at].tag >> kind_shift == static_cast<std::uint64_t>(key.kind))
                found(slots_[at].tag & position_mask);
    }

private:
    static constexpr std::size_t slot_count = keys_max * 2;
    static constexpr unsigned kind_shift = 56;
    static constexpr std::uint64_t position_mask = (std::uint64_t{1} << kind_shift) - 1;

    struct slot {
        ledger::digest128 digest;
        std::uint64_t tag = 0; // the kind in the highest byte, the position below; 0 is an empty slot
    };

    [[nodiscard]] static std::uint64_t tag_of(index_kind kind, journal_position position) noexcept {
        EXPECTS(position != 0 && position <= position_mask);
        return static_cast<std::uint64_t>(kind) << kind_shift | position;
    }
    [[nodiscard]] static std::size_t first_place(const index_key& key) noexcept { return key.digest.low % slot_count; }

    std::array<slot, slot_count> slots_{};
    std::size_t count_ = 0;
    journal_position last_ = 0;
};

recent_index::recent_index(const key_ring& keys) : ring_{keys} {}
recent_index::~recent_index() = default;

void recent_index::durable(std::span<append_request* const> entries) noexcept {
    for (const auto* const one : entries)
        for (const auto& key : index_keys_of(one->record, ring_)) insert(key, one->record.position);
}

void recent_index::insert(const index_key& key, journal_position position) {
    shard& mine = shard_of(key);
    keys_.fetch_add(1, std::memory_order_relaxed);
    {
        const std::lock_guard lock{mine.mutex};
        if (!mine.segments.empty() && !mine.segments.back()->full()) {
            EXPECTS(mine.segments.back()->last() <= position);
            mine.segments.back()->insert(key, position);
            return;
        }
    }
    // A new segment is made and cleared outside the lock: nobody else inserts.
    auto fresh = std::make_unique<segment>();
    fresh->insert(key, position);
    const std::lock_guard lock{mine.mutex};
    mine.segments.push_back(std::move(fresh));
}

std::optional<journal_position> recent_index::find_last(const index_key& key) const {
    const shard& mine = shard_of(key);
    const std::lock_guard lock{mine.mutex};
    for (auto at = mine.segments.rbegin(); at != mine.segments.rend(); ++at) {
        journal_position newest = 0;
        (*at)->for_each(key, [&newest](journal_position position) { newest = position; });
        if (newest != 0) return newest;
    }
    return std::nullopt;
}

void recent_index::find_all(const index_key& key, std::size_t limit, std::vector<journal_position>& found) const {
    const shard& mine = shard_of(key);
    const std::lock_guard lock{mine.mutex};
    std::size_t missing = limit;
    for (auto at = mine.segments.rbegin(); at != mine.segments.rend() && missing > 0; ++at) {
        const std::size_t before = found.size();
        (*at)->for_each(key, [&found](journal_position position) { found.push_back(position); });
        std::reverse(found.begin() + static_cast<std::ptrdiff_t>(before), found.end());
        const std::size_t taken = std::min(missing, found.size() - before);
        found.resize(before + taken);
        missing -= taken;
    }
}

void recent_index::forget_through(journal_position position) {
    for (shard& one : shards_) {
        std::vector<std::unique_ptr<segment>> released; // freed after the lock
        const std::lock_guard lock{one.mutex};
        while (!one.segments.empty() && one.segments.front()->last() <= position) {
            keys_.fetch_sub(one.segments.front()->count(), std::memory_order_relaxed);
            released.push_back(std::move(one.segments.front()));
            one.segments.pop_front();
        }
    }
}

} // namespace meguri::storage
