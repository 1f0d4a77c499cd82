// What the journal's writer counts. It alone writes, metrics/ reads from any thread; no order between the numbers.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace meguri::storage {

// A number with one writing thread: no locked instruction.
class probe {
public:
    void add(std::uint64_t amount) noexcept { set(value() + amount); }
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    void raise_to(std::uint64_t value) noexcept {
        if (value > this->value()) set(value);
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

struct journal_probes {
    // Upper bounds of commit_buckets, inclusive; one more bucket takes what is longer.
    static constexpr std::array<std::int64_t, 20> commit_bounds_ns{
        50'000,     100'000,    200'000,     300'000,     500'000,     700'000,      1'000'000,
        1'500'000,  2'000'000,  3'000'000,   5'000'000,   7'000'000,   10'000'000,   15'000'000,
        20'000'000, 50'000'000, 100'000'000, 200'000'000, 500'000'000, 1'000'000'000};

    probe batches;   // committed
    probe entries;   // in them
    probe barriers;  // that rode along or came alone
    probe batch_max; // entries of the largest batch so far
    probe bytes;     // of records, before LMDB's own
    probe commit_ns; // in all
    probe commit_max_ns;
    std::array<probe, commit_bounds_ns.size() + 1> commit_buckets;
    probe queued; // submitted and not yet taken, when the last batch was closed
    probe map_used_bytes;
    probe map_bytes;

    void note_commit(std::int64_t took_ns) noexcept;
};

} // namespace meguri::storage
