// What is durable in the commit log and not yet in LMDB: the frames in order, and the places that they take up in the
// log's ring. The journal's writer adds, the filer takes away what LMDB has synced, readers look here before they look
// in LMDB: a frame leaves only after LMDB has it, so who misses it here and then begins a read of LMDB finds it there.
#pragma once

#include "storage/log_frame.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace meguri::storage {

class unfiled_frames {
public:
    using frame = std::shared_ptr<const log_frame>;

    explicit unfiled_frames(std::uint64_t capacity_bytes) noexcept : capacity_{capacity_bytes} {}

    // Where the ring has room for so many bytes in one piece; nullopt: only after more was filed. The writer's thread.
    [[nodiscard]] std::optional<std::uint64_t> place_for(std::uint64_t size) const;
    // Written at that place. The writer's thread.
    void add(frame one, std::uint64_t place);

    // The filer.
    [[nodiscard]] std::vector<frame> all() const;
    void forget_through(ledger::journal_position last);
    // Until so many bytes wait, or the time is over, or wake() is called.
    void wait_for(std::uint64_t wanted_bytes, std::chrono::milliseconds at_most);
    void wake();

    // Any thread. The frame that holds the position; null: none does.
    [[nodiscard]] frame find(ledger::journal_position at) const;
    // The newest of all; null: everything is filed.
    [[nodiscard]] frame newest() const;
    [[nodiscard]] std::uint64_t waiting_bytes() const;

private:
    struct placed {
        frame what;
        std::uint64_t place;
    };

    const std::uint64_t capacity_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<placed> frames_;
    std::uint64_t next_place_ = 0;
    std::uint64_t bytes_ = 0;
    std::uint64_t wake_at_bytes_ = UINT64_MAX; // somebody waits for so many
    bool woken_ = false;
};

} // namespace meguri::storage
