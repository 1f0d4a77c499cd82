// The actor of a wallet: the only one that changes it. It decides at once in memory, ahead of the disk, and hands every
// entry to the journal; nobody is answered before that is durable, reads included.
//
// A hold that nobody captured in time concerns its merchant too, so its end goes the way of a command: from here to the
// merchant's actor, which knows the end of the merchant's chain, and back. Whatever else the wallet is asked meanwhile
// waits, as if the hold had ended at its time.
#pragma once

#include "actors/protocol.hpp"
#include "ledger/wallet.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <unordered_map>
#include <vector>

namespace meguri::actors {

class switch_thread;

class wallet_actor final : public wallet_handle::base {
public:
    wallet_actor(caf::actor_config& config, switch_thread* thread, ledger::wallet state)
        : wallet_handle::base{config},
          thread_{*thread},
          state_{std::move(state)} {
        look_for_what_is_due();
    }

protected:
    behavior_type make_behavior() override;

private:
    // An exception in these would be a bug and aborts.
    void receive(const operation_ptr& op) noexcept;
    void durable(const operation_ptr& op) noexcept;

    void decide(const operation_ptr& op);
    [[nodiscard]] bool may_bind(const operation_ptr& op, const ledger::bind_card& asked);
    // Whether the card is nobody's, and nobody else binds it until the operation has ended; else it is settled.
    [[nodiscard]] bool claim_card(const operation_ptr& op, const ledger::digest128& card);
    void log_in_by(const operation_ptr& op, const log_in& asked);
    void read(const operation_ptr& op);
    // `payment`: as it stood, where the fact is a step of it.
    void write(const operation_ptr& op, ledger::fact fact, ledger::instant now,
               const ledger::payment_state* payment = nullptr);
    [[nodiscard]] tl::expected<ledger::payment_state, storage::error> payment_of(const ledger::entry& original);

    // What falls due by itself, before anything else is decided or shown.
    void look_for_what_is_due() noexcept;
    [[nodiscard]] bool begin_ends_of_holds(const operation& before, ledger::instant now);
    void end_hold_of(const operation_ptr& op, std::uint64_t sequence);
    void book_what_is_due(const operation& before, ledger::instant now);
    void book(const operation& before, ledger::fact what, ledger::instant now);

    struct unfinished {
        // The state of payments whose newest step is on its way to the disk, by the position of their decision.
        std::unordered_map<ledger::journal_position, ledger::payment_state_ptr> steps;
        std::vector<operation_ptr> waiting; // until the holds that are over have ended
        std::uint32_t holds_ending = 0;     // on their way to their merchants and back
        bool ending_failed = false;
    };
    [[nodiscard]] unfinished& begin_something();
    void end_what_is_finished() noexcept;
    [[nodiscard]] bool holds_are_ending() const noexcept { return unfinished_ && unfinished_->holds_ending > 0; }

    switch_thread& thread_;
    ledger::wallet state_;
    ledger::instant nothing_due_before_;     // a lower bound: payments that are captured at once leave it as it is
    std::unique_ptr<unfinished> unfinished_; // none at most times: a million live wallets do not pay for it
};

} // namespace meguri::actors
