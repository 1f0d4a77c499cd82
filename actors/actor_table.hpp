// A table of actors by id: their handles and what the directory must know to let go of them safely.
#pragma once

#include "ledger/entry.hpp"
#include "storage/append_request.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

namespace meguri::actors {

// What is kept beside a handle. Its address stays the same as long as the actor lives.
struct actor_slot {
    storage::chain_tail tail;                   // the writer's, while anything is unfinished
    ledger::journal_position last_position = 0; // of the last durable entry
    std::uint32_t unfinished = 0;               // operations with the actor or on their way to the disk
    std::uint32_t last_used = 0;                // the sweep's tick when the actor last got mail
};

template <class Handle>
struct handle_slot : actor_slot {
    Handle handle;
};

template <class Id, class Handle>
class actor_table {
public:
    using slot = handle_slot<Handle>;

    [[nodiscard]] slot* find(const Id& id) {
        const auto at = slots_.find(id);
        return at != slots_.end() ? &at->second : nullptr;
    }
    slot& add(const Id& id, Handle handle) {
        slot& added = slots_[id];
        added.handle = std::move(handle);
        return added;
    }
    void clear() { slots_.clear(); }
    [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }

    // Looks at up to `visits` slots from where the last sweep ended and lets go of those that nobody has used since
    // `used_before`, that have nothing unfinished, and whose last entry is in the state store.
    void sweep(std::size_t visits, std::uint32_t used_before, ledger::journal_position checkpoint) {
        auto at = next_ ? slots_.find(*next_) : slots_.begin();
        for (std::size_t i = 0; i < visits && at != slots_.end(); ++i) {
            const slot& one = at->second;
            const bool clean = one.unfinished == 0 && one.last_position <= checkpoint;
            if (clean && one.last_used < used_before)
                at = slots_.erase(at);
            else
                ++at;
        }
        next_ = at != slots_.end() ? std::optional<Id>{at->first} : std::nullopt;
    }

private:
    std::unordered_map<Id, slot> slots_;
    std::optional<Id> next_;
};

} // namespace meguri::actors

template <>
struct std::hash<meguri::ledger::caller_ref> {
    std::size_t operator()(const meguri::ledger::caller_ref& caller) const noexcept {
        return (caller.id << 3 | static_cast<std::uint64_t>(caller.kind)) * 0x9E3779B97F4A7C15u;
    }
};
