// A caller's idempotency keys: those in flight in memory, all others in the journal through its index. Part of the
// caller's actor, on its io thread.
//
// Under one key the journal has its own entry, the reversal of it, or both: a payment and its reversal, or a bar and
// the late payment that it declined.
#pragma once

#include "actors/operation.hpp"

#include <unordered_map>

namespace meguri::actors {

class switch_thread;

class caller_keys {
public:
    // Whether the operation is to be carried out. If not it is taken care of: it was ended as a repetition or a reuse
    // of its key, or it waits for the attempt with its key, or for the reversal of it, which is still in flight.
    [[nodiscard]] bool admit(const operation_ptr& op, switch_thread& thread);

    // The same for the key that an admitted reversal reverses: false where it waits for that key's attempt, or for
    // another reversal of it.
    [[nodiscard]] bool claim_reversed(const operation_ptr& op);

    // Whether the operation was admitted and has not ended: one that waited goes on from there.
    [[nodiscard]] bool is_admitted(const operation& op) const;

    // The operation has ended: forgets its keys and gives everybody who waited with the same key the same ending.
    void settled(operation& op);

private:
    void forget(const ledger::digest128& digest, const operation& op);

    std::unordered_map<ledger::digest128, operation*> in_flight_;
};

} // namespace meguri::actors
