// The actor of a merchant: the caller for its terminals and shops. It serialises their idempotency keys, hands payments
// on with an immutable snapshot of its terms, decides them itself where the credential is nobody's, and folds their
// outcomes into its totals. Its own terms change by operators' commands.
#pragma once

#include "actors/caller_keys.hpp"
#include "actors/protocol.hpp"
#include "ledger/merchant.hpp"

#include <tl/expected.hpp>

namespace meguri::actors {

class switch_thread;

class merchant_actor final : public merchant_handle::base {
public:
    merchant_actor(caf::actor_config& config, switch_thread* thread, ledger::merchant state)
        : merchant_handle::base{config},
          thread_{*thread},
          state_{std::move(state)} {}

protected:
    behavior_type make_behavior() override;

private:
    // An exception in these would be a bug and aborts.
    void begin(const operation_ptr& op) noexcept;
    void settled(const operation_ptr& op) noexcept;
    void decide(const operation_ptr& op) noexcept;

    void begin_payment(const operation_ptr& op);
    void decline_unknown_credential(const operation_ptr& op, const ledger::authorize& asked);

    switch_thread& thread_;
    caller_keys keys_;
    ledger::merchant state_;
};

} // namespace meguri::actors
