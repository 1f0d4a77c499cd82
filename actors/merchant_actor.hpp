// The actor of a merchant: the caller for its terminals and shops. It serialises their idempotency keys, hands payments
// and their later steps on with what it knows of them, decides itself where there is no wallet, and folds the outcomes
// into its totals (merchant_payments.cpp). Its own terms change by operators' commands (merchant_actor.cpp).
#pragma once

#include "actors/caller_keys.hpp"
#include "actors/holder_keys.hpp"
#include "actors/protocol.hpp"
#include "ledger/merchant.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <unordered_map>

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

    struct beginning;
    void begin_payment(const operation_ptr& op, const ledger::authorize& asked);
    void reserve(operation& op, ledger::points amount);
    void release(const operation& op);
    void decline_unknown_credential(const operation_ptr& op, const ledger::authorize& asked);
    void begin_step(const operation_ptr& op, ledger::journal_position payment);
    void begin_reversal(const operation_ptr& op, const ledger::reverse_attempt& asked);
    void reverse(const operation_ptr& op, const ledger::reverse_attempt& asked, ledger::entry original);
    void bar_key(const operation_ptr& op, const ledger::reverse_attempt& asked);
    void decide_here(const operation_ptr& op, ledger::fact what);

    switch_thread& thread_;
    caller_keys keys_;
    ledger::merchant state_;
    holder_keys outlet_keys_;
    // Of limited payments under way: they count until they have ended.
    ledger::usage reserved_;
    std::unordered_map<std::uint64_t, ledger::usage> reserved_by_outlet_;
};

} // namespace meguri::actors
