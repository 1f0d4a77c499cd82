// An execution unit of our own: runs the actors of one io thread on that thread, in the order in which they got mail.
// Deterministic, so tests step it. Not shared between threads: whoever else wants something posts to the thread's
// inbox.
#pragma once

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <cstddef>
#include <deque>

namespace meguri::actors {

class io_unit final : public caf::execution_unit {
public:
    explicit io_unit(caf::actor_system& system) : caf::execution_unit{&system} {}

    // CAF calls this when an actor of this thread gets its first mail; the reference is ours from here on.
    void exec_later(caf::resumable* ready) override { ready_.push_back(ready); }

    // Runs actors that have mail, at most `turns_max` times one actor with at most `messages_max` messages each.
    // Returns whether any are still ready.
    bool run(std::size_t turns_max = 64, std::size_t messages_max = 64);

    [[nodiscard]] bool idle() const noexcept { return ready_.empty(); }
    [[nodiscard]] std::size_t waiting() const noexcept { return ready_.size(); }

private:
    std::deque<caf::resumable*> ready_;
};

} // namespace meguri::actors
