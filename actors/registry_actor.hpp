// The actor of the registry: decides which programs and parties there are, which MyKey IDs are still free, and whether
// a card makes a person. It works ahead of the disk; what is durable is published by its thread when the journal says
// so.
#pragma once

#include "actors/enrollments.hpp"
#include "actors/holder_keys.hpp"
#include "actors/my_key_claims.hpp"
#include "actors/protocol.hpp"
#include "ledger/registry.hpp"

namespace meguri::actors {

class switch_thread;

class registry_actor final : public registry_handle::base {
public:
    registry_actor(caf::actor_config& config, switch_thread* thread);

protected:
    behavior_type make_behavior() override;

private:
    void decide(const operation_ptr& op) noexcept; // an exception would be a bug and aborts

    [[nodiscard]] tl::expected<bool, storage::error> locks_all_out(const ledger::entry& change);
    void offer_my_key(const operation_ptr& op, const ledger::issue_my_key& asked);
    void log_in_by(const operation_ptr& op, const log_in& asked);
    void release(const operation_ptr& op) noexcept;
    void read(const operation_ptr& op);

    switch_thread& thread_;
    ledger::registry state_;
    holder_keys keys_;
    my_key_claims my_keys_;
    enrollments enrollments_;
};

} // namespace meguri::actors
