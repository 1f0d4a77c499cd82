// The state store: what the journal's entries amount to as of the checkpoint, in an LMDB environment of its own. All of
// it is derived: deleted, it is made again from the journal. The checkpointer's thread writes; any thread reads,
// through a state_reader. The layouts are in state_records.hpp and index_runs.hpp.
//
//   database     key                                value
//   meta         "format", "checkpoint", "outcomes" number 4, checkpoint, outcomes
//                "acts"                             position 8: `acts` is complete so far
//   programs     code (integer)                     program
//   parties      caller kind 1 | id 8, big-endian   party
//   books        program's code (integer)           accounts
//   merchants    id (integer)                       merchant
//   wallets      id (integer)                       wallet
//   follow ups   position of a payment (integer)    follow-up
//   certificates terminal (integer)                 follow-up: the newest entry that told its certificates
//   my keys      MyKey ID (integer)                 follow-up: the newest entry that gave it or took it
//   passwords    wallet (integer)                   follow-up: the newest entry that set its password
//   due          next_due(wallet) 8 | wallet 8, big-endian    nothing
//   codes        digest 16, big-endian              code
//   bearers      digest 16, big-endian              bearer
//   keys         kind 1 | id 8, big-endian          keys
//   campaigns    program's code 4 | position of the proposal 8, big-endian    campaign
//   occasions    digest 16, big-endian              follow-up: the entry that granted
//   partners     id (integer)                       partner
//   conversions  index kind 1 | digest 16, big-endian    follow-up: the newest entry under that reference, person or
//                coupon; of a list the digest is its number 8 | position 8, and the follow-up that position
//   purchases    reference's number (integer)       follow-up: the newest entry about the purchase
//   purchasers   digest 16, big-endian              follow-up: the newest entry that said what is asked to buy
//   transfers    digest 16, big-endian              follow-up: the newest entry about the line of the bank's statement
//   unmatched    program's code 4 | position of its arrival 8, big-endian    unmatched
//   joinings     digest 16, big-endian              follow-up: the newest entry about what joins
//   acts         position (integer)                 nothing: an administrative act stands there
//   runs, run filters, idempotency.0 to .5, reference.0 to .5: see index_runs.hpp
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/registry.hpp"
#include "storage/index_keys.hpp"
#include "storage/index_run_store.hpp"
#include "storage/lmdb.hpp"
#include "storage/state_records.hpp"

#include <tl/expected.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace meguri::storage {

struct state_databases {
    lmdb::database meta;
    lmdb::database programs;
    lmdb::database parties;
    lmdb::database books;
    lmdb::database merchants;
    lmdb::database wallets;
    lmdb::database follow_ups;
    lmdb::database certificates;
    lmdb::database my_keys;
    lmdb::database passwords;
    lmdb::database due;
    lmdb::database codes;
    lmdb::database bearers;
    lmdb::database keys;
    lmdb::database campaigns;
    lmdb::database occasions;
    lmdb::database partners;
    lmdb::database conversions;
    lmdb::database purchases;
    lmdb::database purchasers;
    lmdb::database transfers;
    lmdb::database unmatched;
    lmdb::database joinings;
    lmdb::database acts;
    index_databases idempotency;
    index_databases reference;
};

class state_store {
public:
    // Makes it where the folder is empty. Errors: corrupt, version_too_new, io_failed, disk_full.
    [[nodiscard]] static tl::expected<std::unique_ptr<state_store>, error>
    open(const std::filesystem::path& folder, std::size_t map_bytes = lmdb::map_bytes_default);

    // To be called wherever keys of holders are written: from then on an older program, which would not see what was
    // revoked, refuses the store.
    [[nodiscard]] tl::expected<void, error> note_keys(lmdb::write_transaction& within) const;
    // The same where a campaign is written: an older program would not see what its budget has left.
    [[nodiscard]] tl::expected<void, error> note_campaigns(lmdb::write_transaction& within) const;
    // And where anything is written that only today's format knows: files of recipients, passwords, conversions,
    // purchases, and what joins by a code. An older program would not see what is used up, and take it again.
    [[nodiscard]] tl::expected<void, error> note_format(lmdb::write_transaction& within) const;

    [[nodiscard]] const state_databases& databases() const noexcept { return databases_; }
    [[nodiscard]] tl::expected<lmdb::write_transaction, error> begin_write() { return environment_.begin_write(); }
    [[nodiscard]] tl::expected<lmdb::read_transaction, error> begin_read() const { return environment_.begin_read(); }
    [[nodiscard]] lmdb::map_usage usage() const noexcept { return environment_.usage(); }

    [[nodiscard]] index_run_store& idempotency() noexcept { return *idempotency_; }
    [[nodiscard]] index_run_store& reference() noexcept { return *reference_; }
    [[nodiscard]] const index_run_store& idempotency() const noexcept { return *idempotency_; }
    [[nodiscard]] const index_run_store& reference() const noexcept { return *reference_; }

private:
    explicit state_store(lmdb::environment environment) : environment_{std::move(environment)} {}
    [[nodiscard]] tl::expected<void, error> open_databases();
    [[nodiscard]] tl::expected<void, error> check_format();
    [[nodiscard]] tl::expected<void, error> put_format(lmdb::write_transaction& within, std::uint32_t format) const;
    [[nodiscard]] tl::expected<void, error> require_format(lmdb::write_transaction& within, std::uint32_t format) const;
    [[nodiscard]] tl::expected<void, error> open_runs();

    lmdb::environment environment_;
    state_databases databases_;
    std::unique_ptr<index_run_store> idempotency_;
    std::unique_ptr<index_run_store> reference_;
};

inline constexpr std::string_view checkpoint_key = "checkpoint";
inline constexpr std::string_view outcomes_key = "outcomes";

// An error for a record of the state store that is not what was written; `what` names it, as "wallet 17".
error state_damaged(std::string_view what);

void set_party_key(record_buffer& out, ledger::caller_kind kind, std::uint64_t id);
void set_holder_key(record_buffer& out, const ledger::key_holder& holder);
[[nodiscard]] std::optional<ledger::key_holder> holder_of(bytes key);
void set_digest_key(record_buffer& out, const ledger::digest128& digest);
[[nodiscard]] std::optional<ledger::digest128> digest_of_key(bytes key);

// When something of a wallet falls due by itself: the key of its record in `due`.
struct due_wallet {
    ledger::instant at;
    ledger::wallet_id wallet;
    friend auto operator<=>(const due_wallet&, const due_wallet&) noexcept = default;
};
void set_due_key(record_buffer& out, const due_wallet& one);
[[nodiscard]] std::optional<due_wallet> due_wallet_of(bytes key);

void set_campaign_key(record_buffer& out, const ledger::campaign_ref& one);
[[nodiscard]] std::optional<ledger::campaign_ref> campaign_ref_of(bytes key);

// Of what is found by index_kind::conversion_reference to coupon.
void set_conversion_key(record_buffer& out, index_kind kind, const ledger::digest128& digest);
struct conversion_key {
    index_kind kind = index_kind::conversion_reference;
    ledger::digest128 digest;
    friend auto operator<=>(const conversion_key&, const conversion_key&) noexcept = default;
};
[[nodiscard]] std::optional<conversion_key> conversion_key_of(bytes key);

// Single records, within any transaction. nullopt: there is none. Errors: corrupt, io_failed.
template <class Value>
using found_record = tl::expected<std::optional<Value>, error>;
[[nodiscard]] found_record<ledger::wallet> get_wallet(const lmdb::transaction& within, const state_databases& in,
                                                      ledger::wallet_id id);
[[nodiscard]] found_record<ledger::merchant> get_merchant(const lmdb::transaction& within, const state_databases& in,
                                                          ledger::merchant_id id);
[[nodiscard]] found_record<ledger::known_code> get_code(const lmdb::transaction& within, const state_databases& in,
                                                        const ledger::digest128& code);
[[nodiscard]] found_record<bearer_owner> get_bearer(const lmdb::transaction& within, const state_databases& in,
                                                    const ledger::digest128& key);
// nullopt: the default.
[[nodiscard]] found_record<ledger::key_chain> get_keys(const lmdb::transaction& within, const state_databases& in,
                                                       const ledger::key_holder& holder);
// The newest step of the payment that was decided by that entry.
[[nodiscard]] found_record<ledger::journal_position>
get_follow_up(const lmdb::transaction& within, const state_databases& in, ledger::journal_position payment);
// The newest entry that said which client certificates the terminal needs; none ever did: nullopt.
[[nodiscard]] found_record<ledger::journal_position>
get_certificates(const lmdb::transaction& within, const state_databases& in, ledger::outlet_id terminal);
[[nodiscard]] found_record<ledger::campaign> get_campaign(const lmdb::transaction& within, const state_databases& in,
                                                          const ledger::campaign_ref& key);
// The grant of the occasion with that digest.
[[nodiscard]] found_record<ledger::journal_position>
get_occasion(const lmdb::transaction& within, const state_databases& in, const ledger::digest128& occasion);
// The newest entry about what joins under that digest.
[[nodiscard]] found_record<ledger::journal_position>
get_joining(const lmdb::transaction& within, const state_databases& in, const ledger::digest128& joining);
// All of the program, in the order of their proposals.
[[nodiscard]] tl::expected<ledger::campaign_list, error>
get_campaigns(lmdb::transaction& within, const state_databases& in, ledger::program_code program);
[[nodiscard]] found_record<ledger::partner> get_partner(const lmdb::transaction& within, const state_databases& in,
                                                        ledger::partner_id id);
// The newest entry under the key, which is no list.
[[nodiscard]] found_record<ledger::journal_position>
get_conversion(const lmdb::transaction& within, const state_databases& in, const conversion_key& key);
// The list's entries before the position (0: all), newest first, at most `limit`.
[[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
get_conversion_list(lmdb::transaction& within, const state_databases& in, std::uint64_t list,
                    ledger::journal_position before, std::size_t limit);
[[nodiscard]] found_record<ledger::journal_position> get_my_key(const lmdb::transaction& within,
                                                                const state_databases& in, ledger::my_key_id id);
[[nodiscard]] found_record<ledger::journal_position> get_password(const lmdb::transaction& within,
                                                                  const state_databases& in, ledger::wallet_id wallet);
[[nodiscard]] found_record<ledger::journal_position>
get_purchase(const lmdb::transaction& within, const state_databases& in, ledger::purchase_reference reference);
[[nodiscard]] found_record<ledger::journal_position>
get_purchaser(const lmdb::transaction& within, const state_databases& in, const ledger::digest128& purchaser);
[[nodiscard]] found_record<ledger::journal_position>
get_transfer(const lmdb::transaction& within, const state_databases& in, const ledger::digest128& line);
// The newest entries about the program's transfers that wait, in the order of their arrival.
[[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
get_unmatched(lmdb::transaction& within, const state_databases& in, ledger::program_code program);
[[nodiscard]] found_record<checkpoint> get_checkpoint(const lmdb::transaction& within, const state_databases& in);
// All of a kind.
[[nodiscard]] tl::expected<ledger::registry, error> get_registry(lmdb::transaction& within, const state_databases& in);
[[nodiscard]] tl::expected<ledger::books, error> get_books(lmdb::transaction& within, const state_databases& in);

} // namespace meguri::storage
