// The index while others use it: a writer, a reader and whoever empties it.
#include "storage/key_ring.hpp"
#include "storage/recent_index.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace meguri::storage {
namespace {

TEST(recent_index_of_threads, is_read_and_emptied_while_the_writer_fills_it) {
    const key_ring ring{secret<std::array<std::byte, key_ring::key_bytes>>{{}}};
    recent_index index{ring};
    constexpr ledger::journal_position entries = 60'000;
    const auto key_at = [](ledger::journal_position position) {
        return index_key{index_kind::idempotency, {position * 0x9E3779B97F4A7C15u, position * 0xD1B54A32D192ED03u}};
    };
    std::atomic<ledger::journal_position> written{0};
    std::atomic<ledger::journal_position> forgotten{0};
    std::thread writer{[&] {
        for (ledger::journal_position position = 1; position <= entries; ++position) {
            index.insert(key_at(position), position);
            written.store(position, std::memory_order_release);
        }
    }};
    // A round's worth at a time, as the checkpointer does: emptied after every key, each insertion makes a segment.
    constexpr ledger::journal_position round = 500;
    std::thread emptier{[&] {
        while (forgotten < entries) {
            const auto upto = written.load(std::memory_order_acquire);
            if (upto - forgotten < round && upto < entries) {
                std::this_thread::yield();
                continue;
            }
            // Announced before it happens, as the checkpoint's position is.
            forgotten.store(upto, std::memory_order_release);
            index.forget_through(upto);
        }
    }};
    while (written < entries) {
        const auto position = written.load(std::memory_order_acquire);
        if (position == 0) continue;
        const auto found = index.find_last(key_at(position));
        if (found) {
            ASSERT_EQ(*found, position);
        } else {
            ASSERT_GE(forgotten.load(std::memory_order_acquire), position);
        }
    }
    writer.join();
    emptier.join();
    EXPECT_EQ(index.size(), 0u);
}

} // namespace
} // namespace meguri::storage
