#include "actors/caller_keys.hpp"

#include "actors/switch_thread.hpp"

namespace meguri::actors {
namespace {

// The same key again: the first attempt's answer, or an error where the command is another one.
void end_as_repetition(operation& op, const ledger::entry& first) {
    if (first.fingerprint != op.record.fingerprint) {
        op.end = ending::key_reused;
        return;
    }
    op.record = first;
    op.end = ending::replayed;
}

} // namespace

bool caller_keys::admit(const operation_ptr& op, switch_thread& thread) {
    if (!op->has_key()) return true;
    if (const auto first = in_flight_.find(op->key_digest); first != in_flight_.end()) {
        first->second->followers.push_back(op);
        return false;
    }
    const auto seen = thread.reader().find_idempotency(op->key_digest);
    if (!seen) {
        thread.settle(op, ending::read_failed);
        return false;
    }
    if (*seen) {
        const auto first = thread.reader().read(**seen);
        if (first) end_as_repetition(*op, *first);
        thread.settle(op, first ? op->end : ending::read_failed);
        return false;
    }
    in_flight_.emplace(op->key_digest, op.get());
    return true;
}

void caller_keys::settled(operation& op) {
    if (!op.has_key()) return;
    const auto mine = in_flight_.find(op.key_digest);
    if (mine == in_flight_.end() || mine->second != &op) return;
    in_flight_.erase(mine);
    for (const auto& follower : op.followers) {
        follower->end = op.end;
        follower->refusal = op.refusal;
        if (op.end == ending::decided) end_as_repetition(*follower, op.record);
    }
}

} // namespace meguri::actors
