// Where the registry's durable programs hang for all threads to see: an immutable table that is replaced as a whole. A
// change is published after its entry is durable and before its answer leaves, so whoever saw the answer sees the
// change.
#pragma once

#include "ledger/program_table.hpp"

#include <atomic>
#include <memory>
#include <mutex>

namespace meguri::actors {

using program_table_ptr = std::shared_ptr<const ledger::program_table>;

class program_board {
public:
    // Publishers: the registry's thread alone.
    void publish(program_table_ptr table) {
        const std::lock_guard lock{mutex_};
        table_ = std::move(table);
        version_.store(table_->version, std::memory_order_release);
    }

    // Any thread: replaces `mine` only where it is out of date.
    void refresh(program_table_ptr& mine) const {
        if (mine != nullptr && mine->version == version_.load(std::memory_order_acquire)) return;
        const std::lock_guard lock{mutex_};
        mine = table_;
    }

private:
    mutable std::mutex mutex_;
    program_table_ptr table_ = std::make_shared<const ledger::program_table>();
    std::atomic<std::uint64_t> version_{0};
};

} // namespace meguri::actors
