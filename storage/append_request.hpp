// One thing on its way to the disk and back: an entry to append, or a barrier that waits until everything submitted
// before it is durable. Made by an actor on its io thread, filled in by the journal's writer, handed back through the
// completion sink. Whoever submits it keeps it alive until then.
#pragma once

#include "ledger/entry.hpp"

#include <cstdint>
#include <span>

namespace meguri::storage {

// The end of a wallet's or a merchant's chain through the journal: the position of its last entry. Set once by the
// owner before its first submission; from then on touched by the writer alone.
struct chain_tail {
    ledger::journal_position last = 0;
};

enum class append_outcome : std::uint8_t {
    pending,
    durable, // committed and synced
    failed,  // the write or the sync failed, or came after one that did: nobody knows until the restart
};

// Steady-clock nanoseconds at the stages that the writer sees.
struct append_times {
    std::int64_t submitted_ns = 0;
    std::int64_t batch_ns = 0;   // the batch that holds it was closed
    std::int64_t durable_ns = 0; // the commit returned
};

struct append_request {
    ledger::entry record;              // with the wallet's sequence; positions are the writer's to fill in
    bool is_barrier = false;           // nothing is written; record.previous_of_* tell the chains' ends
    chain_tail* wallet_tail = nullptr; // null where record names no wallet
    chain_tail* merchant_tail = nullptr;
    append_outcome outcome = append_outcome::pending;
    append_times times;
};

// Called on the writer's thread, once per batch, after the commit and after the recent index knows the batch's keys (or
// after the failure). The requests are the submitter's again from this call on.
class completion_sink {
public:
    virtual ~completion_sink() = default;
    virtual void completed(std::span<append_request* const> batch) noexcept = 0;
};

} // namespace meguri::storage
