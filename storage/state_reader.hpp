// Reads of the state store from one thread, each in a snapshot begun for it and let go right after: an open one would
// keep the checkpointer from using pages again.
#pragma once

#include "storage/state_store.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace meguri::storage {

class state_reader {
public:
    // The store outlives the reader.
    explicit state_reader(const state_store& from) : state_{from} {}

    // As of a snapshot begun by this call. nullopt: there is none. Errors: corrupt, io_failed, readers_full.
    [[nodiscard]] found_record<ledger::wallet> load_wallet(ledger::wallet_id id);
    [[nodiscard]] found_record<ledger::merchant> load_merchant(ledger::merchant_id id);
    [[nodiscard]] found_record<ledger::known_code> find_code(const ledger::digest128& code);
    [[nodiscard]] found_record<bearer_owner> find_bearer(const ledger::digest128& key);
    // nullopt: the default.
    [[nodiscard]] found_record<ledger::key_chain> find_keys(const ledger::key_holder& holder);
    // The newest step of the payment that was decided by that entry.
    [[nodiscard]] found_record<ledger::journal_position> find_follow_up(ledger::journal_position payment);
    // The newest entry that said which client certificates the terminal needs.
    [[nodiscard]] found_record<ledger::journal_position> find_certificates(ledger::outlet_id terminal);
    // The newest entry that gave the MyKey ID out or took it away.
    [[nodiscard]] found_record<ledger::journal_position> find_my_key(ledger::my_key_id id);
    // The newest entry that set the wallet's password.
    [[nodiscard]] found_record<ledger::journal_position> find_password(ledger::wallet_id wallet);
    // Wallets of which something is due before `until`, from `from` on, at most `limit`, in the order of `due`.
    [[nodiscard]] tl::expected<std::vector<due_wallet>, error> find_due(const due_wallet& from, ledger::instant until,
                                                                        std::size_t limit);
    // Administrative acts before the position (0: all), newest first, at most `limit`.
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error> find_acts(ledger::journal_position before,
                                                                                       std::size_t limit);
    // The campaigns of a program, in the order of their proposals.
    [[nodiscard]] tl::expected<ledger::campaign_list, error> load_campaigns(ledger::program_code program);
    // The grant of an occasion, by its digest.
    [[nodiscard]] found_record<ledger::journal_position> find_occasion(const ledger::digest128& occasion);
    [[nodiscard]] found_record<ledger::partner> load_partner(ledger::partner_id id);
    // As get_conversion and get_conversion_list.
    [[nodiscard]] found_record<ledger::journal_position> find_conversion(const conversion_key& key);
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
    find_conversion_list(std::uint64_t list, ledger::journal_position before, std::size_t limit);
    // The newest entry about a purchase, a purchaser, a line of a bank's statement.
    [[nodiscard]] found_record<ledger::journal_position> find_purchase(ledger::purchase_reference reference);
    [[nodiscard]] found_record<ledger::journal_position> find_purchaser(const ledger::digest128& purchaser);
    [[nodiscard]] found_record<ledger::journal_position> find_transfer(const ledger::digest128& line);
    // The newest entries about the transfers of a program that wait, in the order of their arrival.
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
    find_unmatched(ledger::program_code program);
    // The newest entry about what joins under the digest.
    [[nodiscard]] found_record<ledger::journal_position> find_joining(const ledger::digest128& joining);
    [[nodiscard]] found_record<checkpoint> load_checkpoint();
    [[nodiscard]] tl::expected<ledger::registry, error> load_registry();
    [[nodiscard]] tl::expected<ledger::books, error> load_books();

    // Newest first, at most `limit`.
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
    find_idempotency(const ledger::digest128& key, std::size_t limit);
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
    find_references(const ledger::digest128& reference, std::size_t limit);

private:
    class snapshot; // resets the transaction when it goes
    [[nodiscard]] tl::expected<snapshot, error> begin();
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
    find(const index_run_store& runs, run_set_ptr& mine, const ledger::digest128& digest, std::size_t limit);

    const state_store& state_;
    std::optional<lmdb::read_transaction> transaction_; // none before the first read
    run_set_ptr idempotency_;                           // as last seen, to spare the lock
    run_set_ptr reference_;
};

} // namespace meguri::storage
