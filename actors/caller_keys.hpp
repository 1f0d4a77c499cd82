// A caller's idempotency keys: those in flight in memory, all others in the journal through its index. Part of the
// caller's actor, on its io thread.
#pragma once

#include "actors/operation.hpp"

#include <unordered_map>

namespace meguri::actors {

class switch_thread;

class caller_keys {
public:
    // Whether the operation is to be carried out. If not it is taken care of: it was ended as a repetition or a reuse
    // of its key, or it waits for the first attempt with its key, which is still in flight.
    [[nodiscard]] bool admit(const operation_ptr& op, switch_thread& thread);

    // The operation has ended: forgets its key and gives everybody who waited for it the same ending.
    void settled(operation& op);

private:
    std::unordered_map<ledger::digest128, operation*> in_flight_;
};

} // namespace meguri::actors
