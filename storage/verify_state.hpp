// The state store against the replay: every stored record has to be, byte for byte, what the replay's value encodes to.
// Part of verify; one thread.
//
// After a crash between slices some records are ahead of the checkpoint. They are compared when the replay comes to the
// entry that they carry.
#pragma once

#include "storage/state_store.hpp"
#include "storage/verify_replay.hpp"
#include "storage/verify_rules.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace meguri::storage {

class verify_state {
public:
    verify_state(const state_store& state, rule_tally& tally) : state_{state}, tally_{tally} {}

    // Reads the checkpoint. A store without one is new and holds nothing.
    [[nodiscard]] tl::expected<void, error> open();
    [[nodiscard]] const checkpoint& at() const noexcept { return at_; }

    // Called when the replay stands at the checkpoint, with the end of the batch there.
    [[nodiscard]] tl::expected<void, error> compare(const verify_replay& replay, const chain_end& end);
    // Called for every entry after it, once the replay has applied it.
    void compare_ahead(const verify_replay& replay, const ledger::entry& one);
    // At the journal's end: nothing may be left that is ahead of it.
    void finish(const verify_replay& replay);

private:
    using newest_by_id = std::function<ledger::journal_position(std::uint64_t)>;
    using ahead = std::map<ledger::journal_position, record_buffer>; // by the position that the record carries

    void compare_checkpoint(const verify_replay& replay, const chain_end& end);
    [[nodiscard]] tl::expected<void, error> compare_wallets(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_merchants(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_follow_ups(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_campaigns(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_occasions(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_partners(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_conversions(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_joinings(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_certificates(const verify_replay& replay,
                                                                 lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_my_keys(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_passwords(const verify_replay& replay, lmdb::transaction& within);
    // Each record is the newest entry of its kind: newest_of(id) -> position, 0 where the replay has none.
    [[nodiscard]] tl::expected<void, error> compare_newest(rule which, lmdb::transaction& within, lmdb::database of,
                                                           ahead& later, const char* what, std::size_t expected,
                                                           const newest_by_id& newest_of);
    [[nodiscard]] tl::expected<void, error> compare_purchases(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_by_digest(const verify_purchases::newest_by_digest& replayed,
                                                              lmdb::transaction& within, lmdb::database of,
                                                              ahead& later);
    [[nodiscard]] tl::expected<void, error> compare_unmatched(const verify_replay& replay, lmdb::transaction& within);
    void compare_purchases_ahead(const ledger::entry& one);
    [[nodiscard]] tl::expected<void, error> compare_due(lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_registry(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_books(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_credentials(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_keys(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_acts(const verify_replay& replay, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> note_credentials_ahead(lmdb::database of, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_runs(rule which, const index_run_store& runs,
                                                         std::vector<run_key> replayed, lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> compare_record(rule which, lmdb::transaction& within, lmdb::database of,
                                                           bytes key, const std::string& name);
    [[nodiscard]] tl::expected<void, error> compare_count(rule which, lmdb::transaction& within, lmdb::database of,
                                                          std::size_t expected);
    // Takes the record that carries the position out of `from` and compares it with expected_, if there is one.
    void compare_taken(rule which, ahead& from, ledger::journal_position position);

    const state_store& state_;
    rule_tally& tally_;
    checkpoint at_;
    record_buffer expected_; // what the replay's value encodes to
    ahead wallets_ahead_;
    ahead merchants_ahead_;
    ahead credentials_ahead_;
    ahead keys_ahead_;
    std::vector<ledger::journal_position> acts_ahead_;
    ahead follow_ups_ahead_;
    ahead certificates_ahead_;
    ahead campaigns_ahead_;
    ahead occasions_ahead_;
    ahead passwords_ahead_;
    ahead partners_ahead_;
    std::multimap<ledger::journal_position, conversion_key>
        conversions_ahead_; // their records say the entry and no more
    ahead my_keys_ahead_;   // two IDs of one entry have one record between them: both say its position
    ahead purchases_ahead_;
    ahead purchasers_ahead_;
    ahead transfers_ahead_;
    ahead unmatched_ahead_;
    ahead joinings_ahead_;
};

} // namespace meguri::storage
