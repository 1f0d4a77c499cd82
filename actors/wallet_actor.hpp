// The actor of a wallet: the only one that changes it. It decides at once in memory, ahead of the disk, and hands every
// entry to the journal; nobody is answered before that is durable, reads included.
#pragma once

#include "actors/protocol.hpp"
#include "ledger/wallet.hpp"

namespace meguri::actors {

class switch_thread;

class wallet_actor final : public wallet_handle::base {
public:
    wallet_actor(caf::actor_config& config, switch_thread* thread, ledger::wallet state)
        : wallet_handle::base{config},
          thread_{*thread},
          state_{std::move(state)} {}

protected:
    behavior_type make_behavior() override;

private:
    void decide(const operation_ptr& op) noexcept; // an exception would be a bug and aborts
    void book_what_is_due(const operation& before, ledger::instant now);
    void read(const operation_ptr& op);
    void write(const operation_ptr& op, ledger::fact fact, ledger::instant now);

    switch_thread& thread_;
    ledger::wallet state_;
};

} // namespace meguri::actors
