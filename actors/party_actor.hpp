// The actor of a caller that is not a merchant: an operator, a municipality or a partner. It serialises the caller's
// idempotency keys; what its commands change belongs to other actors.
#pragma once

#include "actors/caller_keys.hpp"
#include "actors/protocol.hpp"

namespace meguri::actors {

class switch_thread;

class party_actor final : public caller_handle::base {
public:
    party_actor(caf::actor_config& config, switch_thread* thread) : caller_handle::base{config}, thread_{*thread} {}

protected:
    behavior_type make_behavior() override;

private:
    // An exception in these would be a bug and aborts.
    void begin(const operation_ptr& op) noexcept;
    void settled(const operation_ptr& op) noexcept;

    switch_thread& thread_;
    caller_keys keys_;
};

} // namespace meguri::actors
