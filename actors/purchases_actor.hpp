// The actor of a program's purchases: decides what the lines of its bank's statement are, counts what each person asks
// to buy, and keeps the queue of money that nobody could tell. What it rests on is durable, as with campaigns; of what
// is under way for the same purchase, person or line the first decides, and who comes meanwhile waits for its end.
//
// A credit is one entry, the wallet's, which is the money, the lot and the end of the purchase at once.
#pragma once

#include "actors/protocol.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <unordered_map>
#include <vector>

namespace meguri::storage {
class key_ring;
} // namespace meguri::storage

namespace meguri::actors {

class switch_thread;

class purchases_actor final : public purchases_handle::base {
public:
    purchases_actor(caf::actor_config& config, switch_thread* thread, std::vector<ledger::bank_transfer> waiting)
        : purchases_handle::base{config},
          thread_{*thread},
          waiting_{std::move(waiting)} {}

protected:
    behavior_type make_behavior() override;

private:
    // An exception in these would be a bug and aborts.
    void receive(const operation_ptr& op) noexcept;
    void durable(const operation_ptr& op) noexcept;
    void settled(const operation_ptr& op) noexcept;

    void decide(const operation_ptr& op);
    void read(const operation_ptr& op, const read_transfers& wanted);
    void request(const operation_ptr& op, const ledger::request_purchase& asked);
    void cancel(const operation_ptr& op, const ledger::cancel_purchase& asked);
    // Of a refund the wallet decides, which knows what is unspent.
    void step_refund(const operation_ptr& op, ledger::program_code program, ledger::purchase_reference purchase);
    // By account transfer (purchases_debits.cpp).
    void step_mandate(const operation_ptr& op, ledger::program_code program, ledger::wallet_id wallet);
    void order(const operation_ptr& op, const ledger::order_debits& asked);
    void take_result(const operation_ptr& op, const ledger::take_debit_result& asked);
    void take_debited(const operation_ptr& op, const ledger::purchase& of, const ledger::digest128& key,
                      const ledger::digest128& line);
    struct planned_debit {
        std::vector<ledger::digest128> claims;  // the person's mandate, and the day
        std::optional<ledger::debit_plan> plan; // none: no mandate is confirmed, or the program makes no debits
    };
    // For a request of today; nullopt: the operation waits, or is settled.
    [[nodiscard]] std::optional<planned_debit> plan_debit(const operation_ptr& op,
                                                          const ledger::request_purchase& asked);
    [[nodiscard]] tl::expected<std::optional<ledger::entry>, storage::error>
    find_joining(const ledger::digest128& digest);

    void note_card(const operation_ptr& op, const ledger::note_card_payment& asked);

    void take(const operation_ptr& op, const ledger::take_transfer& asked);
    void take_again(const operation_ptr& op, const ledger::take_transfer& asked, ledger::entry&& earlier);
    void propose(const operation_ptr& op, const ledger::propose_for_transfer& asked);
    void decide_transfer(const operation_ptr& op, const ledger::decide_transfer& asked);
    void assign(const operation_ptr& op, const ledger::decide_transfer& asked, const ledger::bank_transfer& transfer,
                ledger::digest128 line);

    // A reference that nobody has or had, claimed in the whole switch.
    [[nodiscard]] tl::expected<ledger::purchase_reference, storage::error> draw(const operation_ptr& op,
                                                                                const ledger::request_purchase& asked);
    // As it is durable; nullopt: none of that program.
    [[nodiscard]] tl::expected<std::optional<ledger::purchase>, storage::error>
    find(ledger::purchase_reference reference, ledger::program_code program);
    [[nodiscard]] tl::expected<ledger::purchase_usage, storage::error> usage_of(const ledger::digest128& person);
    [[nodiscard]] const ledger::bank_transfer* waiting(ledger::journal_position arrival) const noexcept;

    // Whether somebody else decides about it; the operation then begins again after that.
    [[nodiscard]] bool waits_for(const operation_ptr& op, const ledger::digest128& what);
    purchase_work& claim(const operation_ptr& op, ledger::program_code program, std::vector<ledger::digest128> all);
    [[nodiscard]] std::vector<operation_ptr> release(operation& op);
    void write(const operation_ptr& op, ledger::fact fact);
    void note(const ledger::entry& one);

    [[nodiscard]] const storage::key_ring& keys() const noexcept;

    switch_thread& thread_;
    std::vector<ledger::bank_transfer> waiting_; // for a person, in the order of their arrival
    std::unordered_map<ledger::digest128, std::vector<operation_ptr>> claimed_; // and who waits for it
};

} // namespace meguri::actors
