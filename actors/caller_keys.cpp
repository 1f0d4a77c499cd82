#include "actors/caller_keys.hpp"

#include "actors/switch_thread.hpp"

namespace meguri::actors {
namespace {

// The same key again: the first attempt's answer, or an error where the command is another one.
void end_as_repetition(operation& op, const ledger::entry& first, const ledger::entry& answer) {
    if (first.fingerprint != op.record.fingerprint) {
        op.end = ending::key_reused;
        return;
    }
    op.record = answer;
    op.end = ending::replayed;
}

// What the newest entry under the operation's key means for it: op.end stays none where it is to be carried out.
tl::expected<void, storage::error> look_back(operation& op, ledger::journal_position newest, switch_thread& thread) {
    auto found = thread.reader().read(newest);
    if (!found) return tl::unexpected{std::move(found.error())};
    if (std::holds_alternative<ledger::key_barred>(found->what) &&
        found->idempotency_key != op.record.idempotency_key) {
        if (op.payment() != nullptr)
            op.is_barred = true;
        else
            op.end = ending::key_reused; // the key was named as a payment's
        return {};
    }
    const auto* const step = std::get_if<ledger::payment_changed>(&found->what);
    const bool reversed = step != nullptr && step->step == ledger::payment_step::reversal &&
                          found->idempotency_key != op.record.idempotency_key;
    if (!reversed) {
        end_as_repetition(op, *found, *found);
        return {};
    }
    auto first = thread.reader().read(step->after->position);
    if (!first) return tl::unexpected{std::move(first.error())};
    end_as_repetition(op, *first, *found);
    return {};
}

} // namespace

bool caller_keys::admit(const operation_ptr& op, switch_thread& thread) {
    if (!op->has_key()) return true;
    if (const auto first = in_flight_.find(op->key_digest); first != in_flight_.end()) {
        operation& ahead = *first->second;
        (ahead.key_digest == op->key_digest ? ahead.followers : ahead.waiters).push_back(op);
        return false;
    }
    const auto seen = thread.reader().find_idempotency(op->key_digest);
    if (!seen) {
        thread.settle(op, ending::read_failed);
        return false;
    }
    if (*seen) {
        const auto looked = look_back(*op, **seen, thread);
        if (!looked) op->end = ending::read_failed;
        if (op->end != ending::none) {
            const auto how = op->end;
            thread.settle(op, how);
            return false;
        }
    }
    in_flight_.emplace(op->key_digest, op.get());
    return true;
}

bool caller_keys::claim_reversed(const operation_ptr& op) {
    const auto [first, claimed] = in_flight_.emplace(op->reversed_digest, op.get());
    if (claimed) return true;
    forget(op->key_digest, *op); // who waits holds nothing, or two could wait for each other
    first->second->waiters.push_back(op);
    return false;
}

bool caller_keys::is_admitted(const operation& op) const {
    const auto mine = in_flight_.find(op.key_digest);
    return op.has_key() && mine != in_flight_.end() && mine->second == &op;
}

void caller_keys::forget(const ledger::digest128& digest, const operation& op) {
    const auto mine = in_flight_.find(digest);
    if (mine != in_flight_.end() && mine->second == &op) in_flight_.erase(mine);
}

void caller_keys::settled(operation& op) {
    if (!op.has_key()) return;
    forget(op.key_digest, op);
    if (op.reversed_digest) forget(op.reversed_digest, op);
    const bool decided_nothing = op.end == ending::refused || op.end == ending::read_failed;
    std::erase_if(op.followers, [&](const operation_ptr& one) { // another command: it may fare better
        const bool begins_again = decided_nothing && one->record.fingerprint != op.record.fingerprint;
        if (begins_again) op.waiters.push_back(one);
        return begins_again;
    });
    for (const auto& follower : op.followers) {
        follower->end = op.end;
        follower->refusal = op.refusal;
        const bool answered = op.end == ending::decided || op.end == ending::replayed;
        if (answered) end_as_repetition(*follower, op.record, op.record);
    }
}

} // namespace meguri::actors
