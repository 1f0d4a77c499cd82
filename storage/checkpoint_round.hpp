// One round of the checkpointer: entries of the journal after the checkpoint, folded into the records that they concern
// and written in slices, a transaction each. Any slice may be the last before a crash: records say how far they are,
// and only the last slice moves the checkpoint. Reading and writing go on in pieces, so that the thread can rest in
// between. The checkpointer's thread alone.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/entry.hpp"
#include "storage/give_way.hpp"
#include "storage/index_keys.hpp"
#include "storage/index_runs.hpp"
#include "storage/journal_reader.hpp"
#include "storage/key_ring.hpp"
#include "storage/state_store.hpp"

#include <tl/expected.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace meguri::storage {

// What the checkpointer knows by heart between rounds: the checkpoint and the books at it.
struct checkpoint_stand {
    checkpoint at;
    ledger::books books;
};

class checkpoint_round {
public:
    // All references outlive the round.
    checkpoint_round(state_store& state, const key_ring& keys, const checkpoint_stand& from)
        : state_{state},
          keys_{keys},
          begins_at_{from.at.end.last},
          stand_{from} {}
    ~checkpoint_round();
    checkpoint_round(const checkpoint_round&) = delete;
    checkpoint_round& operator=(const checkpoint_round&) = delete;

    // Reads on after the checkpoint, `portion_max` entries and on to the end of their batch, until there are
    // `entries_max`, or all that the journal had at the first portion; then sorts what they concern, a part a call.
    // True once that is done. Errors: as journal_reader's, not_found where there is nothing to read.
    [[nodiscard]] tl::expected<bool, error> gather(journal_reader& from, std::size_t entries_max,
                                                   std::size_t portion_max);
    // Whether its next pieces keep the core to themselves.
    void hurry(bool yes) noexcept { way_.hurry(yes); }
    [[nodiscard]] bool is_gathered() const noexcept { return phase_ != phase::gathering; }

    // Writes on, about `puts_max` puts, and commits when there are `slice_puts_max` since the last commit. True once
    // all is written and committed.
    [[nodiscard]] tl::expected<bool, error> write(std::size_t slice_puts_max, std::size_t puts_max);
    // Whether the round is between two slices: nothing is written that is not committed.
    [[nodiscard]] bool is_committed() const noexcept { return !slice_; }

    // What the last slice wrote.
    [[nodiscard]] const checkpoint_stand& stand() const noexcept { return stand_; }
    [[nodiscard]] std::size_t entries() const noexcept { return entries_.size(); }
    [[nodiscard]] std::size_t puts() const noexcept { return puts_; }

private:
    // Which entry concerns which record, in the order of records and, within one, of the journal.
    struct concern {
        std::uint64_t id;
        std::uint32_t entry;
        friend auto operator<=>(const concern&, const concern&) noexcept = default;
    };
    struct credential {
        index_key key;
        std::uint32_t entry;
        friend auto operator<=>(const credential&, const credential&) noexcept = default;
    };
    enum class phase : std::uint8_t {
        gathering,
        wallets,
        merchants,
        campaigns,
        partners,
        follow_ups,
        certificates,
        my_keys,
        passwords,
        purchases,
        credentials,
        idempotency,
        references,
        acts,
        last,
        written
    };

    void take(ledger::entry&& one);
    [[nodiscard]] bool arrange_some();
    // Each writes as much as the budget allows; true once its part of the round is written.
    [[nodiscard]] tl::expected<bool, error> write_phase(lmdb::write_transaction& within, slice_budget& budget);
    [[nodiscard]] tl::expected<bool, error> write_wallets(lmdb::write_transaction& within, slice_budget& budget);
    [[nodiscard]] tl::expected<bool, error> write_merchants(lmdb::write_transaction& within, slice_budget& budget);
    [[nodiscard]] tl::expected<bool, error> write_campaigns(lmdb::write_transaction& within, slice_budget& budget);
    [[nodiscard]] tl::expected<bool, error> write_partners(lmdb::write_transaction& within, slice_budget& budget);
    // Of each record the newest of the entries that concern it.
    [[nodiscard]] tl::expected<bool, error> write_newest(std::span<const concern> all, lmdb::database into,
                                                         lmdb::write_transaction& within, slice_budget& budget);
    [[nodiscard]] tl::expected<bool, error> write_credentials(lmdb::write_transaction& within, slice_budget& budget);
    [[nodiscard]] tl::expected<bool, error> write_acts(lmdb::write_transaction& within, slice_budget& budget);
    [[nodiscard]] tl::expected<bool, error> write_last(lmdb::write_transaction& within, slice_budget& budget);
    [[nodiscard]] tl::expected<void, error> write_registry(lmdb::write_transaction& within);
    [[nodiscard]] tl::expected<void, error> write_books(lmdb::write_transaction& within);
    [[nodiscard]] tl::expected<void, error> note_acts(lmdb::write_transaction& within);

    [[nodiscard]] tl::expected<void, error> write_wallet(lmdb::write_transaction& within, std::span<const concern> of);
    [[nodiscard]] tl::expected<void, error> move_due(lmdb::write_transaction& within, ledger::wallet_id wallet,
                                                     std::optional<ledger::instant> before,
                                                     std::optional<ledger::instant> after);
    [[nodiscard]] tl::expected<void, error> write_merchant(lmdb::write_transaction& within,
                                                           std::span<const concern> of);
    [[nodiscard]] tl::expected<void, error> write_campaign(lmdb::write_transaction& within,
                                                           std::span<const concern> of);
    [[nodiscard]] tl::expected<void, error> write_partner(lmdb::write_transaction& within, std::span<const concern> of);
    [[nodiscard]] tl::expected<void, error> write_credential(lmdb::write_transaction& within, const credential& one);
    [[nodiscard]] tl::expected<void, error> write_transfer(lmdb::write_transaction& within, const ledger::entry& one);
    template <class WriteOne>
    tl::expected<bool, error> write_each(std::span<const concern> all, slice_budget& budget, WriteOne write_one);

    state_store& state_;
    const key_ring& keys_;
    ledger::journal_position begins_at_;
    checkpoint_stand stand_;

    std::vector<ledger::entry> entries_;
    std::vector<concern> wallets_;
    std::vector<concern> merchants_;
    std::vector<concern> campaigns_; // by the position of the proposal
    std::vector<concern> partners_;
    std::vector<concern> follow_ups_;   // by the payment's position
    std::vector<concern> certificates_; // by the terminal
    std::vector<concern> my_keys_;      // by the MyKey ID
    std::vector<concern> passwords_;    // by the wallet
    std::vector<concern> purchases_;    // by the reference
    std::vector<credential> credentials_;
    std::vector<std::uint32_t> registry_;
    std::vector<run_key> idempotency_;
    std::vector<run_key> references_;
    std::vector<ledger::journal_position> acts_;
    std::vector<ledger::program_code> booked_; // programs with postings in this round

    phase phase_ = phase::gathering;
    ledger::journal_position until_ = 0;           // where the journal ended at the first portion
    bool is_read_ = false;                         // all that this round will have
    int arranged_ = 0;                             // steps of arrange_some
    std::size_t next_ = 0;                         // within the phase
    std::optional<lmdb::write_transaction> slice_; // under way
    std::size_t slice_left_ = 0;                   // puts
    std::size_t puts_ = 0;
    give_way way_;
    record_buffer key_;
    record_buffer value_;
};

} // namespace meguri::storage
