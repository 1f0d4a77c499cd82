// The actor of a partner's conversions: what becomes of its terms, its coupons, and what of the day's limits may still
// be taken. What it knows is durable, as with campaigns; a conversion is one entry, its wallet's, and until that is
// durable its points are reserved here, in memory alone.
//
// Conversions under one reference, of one coupon and to one person follow each other, so that each sees what became of
// the one before. A change of terms waits until nothing is under way and lets nothing begin before it is durable: so in
// the journal, too, every conversion stands behind the terms by which it was counted and before those that follow.
#pragma once

#include "actors/protocol.hpp"
#include "ledger/partner.hpp"
#include "storage/error.hpp"
#include "storage/index_keys.hpp"

#include <tl/expected.hpp>

#include <optional>
#include <unordered_map>
#include <vector>

namespace meguri::actors {

class switch_thread;

class conversions_actor final : public conversions_handle::base {
public:
    conversions_actor(caf::actor_config& config, switch_thread* thread, ledger::partner state)
        : conversions_handle::base{config},
          thread_{*thread},
          state_{std::move(state)},
          coupons_numbered_{state_.coupons} {}

protected:
    behavior_type make_behavior() override;

private:
    // An exception in these would be a bug and aborts.
    void receive(const operation_ptr& op) noexcept;
    void durable(const operation_ptr& op) noexcept;
    void settled(const operation_ptr& op) noexcept;

    void decide(const operation_ptr& op);
    template <class Change>
    void change_terms(const operation_ptr& op, const Change& asked);
    void convert(const operation_ptr& op, const ledger::convert_points& asked);
    void repeat(const operation_ptr& op, const ledger::convert_points& asked, ledger::journal_position earlier);
    void issue(const operation_ptr& op, const ledger::issue_coupon& asked);
    void block(const operation_ptr& op, const ledger::block_coupon& asked);
    void redeem(const operation_ptr& op, const ledger::redeem_coupon& asked);

    void note(const operation_ptr& op, const ledger::note_reconciliation& asked);

    void link(const operation_ptr& op, const ledger::link_account& asked);
    template <class Change>
    void change_link(const operation_ptr& op, const Change& asked);
    void ask_linked(const operation_ptr& op, const ledger::convert_linked& asked);
    void note_linked(const operation_ptr& op, const ledger::note_linked_conversion& asked);

    // Whether nothing else is under way for it; else the operation waits.
    [[nodiscard]] bool is_free(const operation_ptr& op, const ledger::digest128& claimed);
    // The wallet; nullopt: the operation is settled.
    [[nodiscard]] std::optional<ledger::wallet_id> find_wallet(const operation_ptr& op, ledger::wallet_id named,
                                                               ledger::my_key_id my_key);
    // The newest entry about the link, by its account or its person; an empty entry: none. nullopt: the operation is
    // settled.
    [[nodiscard]] std::optional<ledger::entry> find_link(const operation_ptr& op, storage::index_kind kind,
                                                         const ledger::digest128& digest);
    // Writes what was decided, or refuses; until it is durable the operation holds the claim.
    template <class Fact>
    void write_claimed(const operation_ptr& op, const ledger::digest128& claimed,
                       tl::expected<Fact, ledger::refusal> decided);
    // The newest entry of the coupon, if it can still be redeemed or blocked; nullopt: the operation is settled.
    [[nodiscard]] std::optional<ledger::entry> find_coupon(const operation_ptr& op, const ledger::digest128& code);
    // Credited to the person on that day so far.
    [[nodiscard]] tl::expected<ledger::points, storage::error> credited_to(ledger::wallet_id person,
                                                                           ledger::jst_day day);
    // Hands the conversion to its wallet, if the limits have room for it.
    void hand_to_wallet(const operation_ptr& op, const ledger::digest128& claimed, ledger::allowed_conversion allowed);
    void write(const operation_ptr& op, ledger::fact fact);
    void begin_again(const std::vector<operation_ptr>& waiting);

    [[nodiscard]] ledger::jst_day day_of(const operation& op) const noexcept;
    [[nodiscard]] ledger::funding_source source() const;

    switch_thread& thread_;
    ledger::partner state_;
    std::uint32_t coupons_numbered_; // also those that are not durable yet
    // Who waits for the end of what is under way: by the digest of a reference or a code, and by person.
    std::unordered_map<ledger::digest128, std::vector<operation_ptr>> claimed_;
    std::unordered_map<ledger::wallet_id, std::vector<operation_ptr>> persons_;
    std::vector<operation_ptr> waiting_; // for a change of terms or a reconciliation, and behind it
    bool changing_ = false;              // one is on its way to the disk
    std::size_t converting_ = 0;
    ledger::points reserved_;
};

} // namespace meguri::actors
