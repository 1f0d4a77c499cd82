// What one io thread reads of the ledger's past: wallets and merchants to load, and look-ups by key, code or reference
// in the lag window's order: first the recent index, then the state store in a read begun after that miss. One object a
// thread; not shared.
#pragma once

#include "ledger/decide.hpp"
#include "ledger/entry.hpp"
#include "ledger/merchant.hpp"
#include "ledger/wallet.hpp"
#include "storage/code_cache.hpp"
#include "storage/error.hpp"
#include "storage/journal_reader.hpp"
#include "storage/state_reader.hpp"
#include "storage/state_records.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace meguri::storage {

class recent_index;
class store;

class thread_reader {
public:
    explicit thread_reader(const store& from);
    thread_reader(const state_store& state, const recent_index& recent, const journal& entries);

    // As the state store knows them: call it only for what no live actor holds. nullopt: there is none.
    [[nodiscard]] tl::expected<std::optional<ledger::wallet>, error> load_wallet(ledger::wallet_id id);
    [[nodiscard]] tl::expected<std::optional<ledger::merchant>, error> load_merchant(ledger::merchant_id id);

    [[nodiscard]] tl::expected<ledger::campaign_list, error> load_campaigns(ledger::program_code program);

    // The grant that was made for an occasion, by its digest; nullopt: none yet.
    [[nodiscard]] tl::expected<std::optional<ledger::journal_position>, error>
    find_occasion(const ledger::digest128& occasion);

    [[nodiscard]] tl::expected<std::optional<ledger::partner>, error> load_partner(ledger::partner_id id);
    // The newest entry under a conversion's reference, person or coupon; nullopt: none yet.
    [[nodiscard]] tl::expected<std::optional<ledger::journal_position>, error>
    find_conversion(index_kind kind, ledger::digest128 digest);
    // The entries of number_of_list before the position (0: all), newest first, at most `limit`.
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
    find_conversion_list(std::uint64_t list, ledger::journal_position before, std::size_t limit);

    // The newest entry about a purchase; about what a wallet asked to buy of a program; about a line of the bank's
    // statement, by key_ring's digests. nullopt: there is none.
    [[nodiscard]] tl::expected<std::optional<ledger::entry>, error> find_purchase(ledger::purchase_reference reference);
    [[nodiscard]] tl::expected<std::optional<ledger::entry>, error> find_purchaser(const ledger::digest128& purchaser);
    [[nodiscard]] tl::expected<std::optional<ledger::entry>, error> find_transfer(const ledger::digest128& line);
    // The transfers of a program that waited as of the checkpoint, in the order of their arrival.
    [[nodiscard]] tl::expected<std::vector<ledger::bank_transfer>, error> load_unmatched(ledger::program_code program);

    // The newest entry about what joins under the digest; nullopt: nothing does.
    [[nodiscard]] tl::expected<std::optional<ledger::journal_position>, error>
    find_joining(const ledger::digest128& joining);

    // By digests of key_ring. nullopt: nobody's.
    [[nodiscard]] tl::expected<std::optional<ledger::known_code>, error> find_code(const ledger::digest128& code);
    [[nodiscard]] tl::expected<std::optional<bearer_owner>, error> find_bearer(const ledger::digest128& key);

    // The holder's keys as far as they are durable.
    [[nodiscard]] tl::expected<ledger::key_chain, error> find_keys(const ledger::key_holder& holder);
    // The client certificates of which the terminal needs one; none: it needs no certificate.
    [[nodiscard]] tl::expected<std::vector<ledger::certificate_digest>, error>
    find_certificates(ledger::outlet_id terminal);

    // Whose MyKey ID it is, or was; nullopt: it was never given out.
    [[nodiscard]] tl::expected<std::optional<known_my_key>, error> find_my_key(ledger::my_key_id id);

    // The hash of the wallet's password; none: it has none.
    [[nodiscard]] tl::expected<std::optional<std::string>, error> find_password(ledger::wallet_id wallet);

    // The newest entry under an idempotency key. A digest is 128 bits: whoever reads the entry compares the key itself.
    [[nodiscard]] tl::expected<std::optional<ledger::journal_position>, error>
    find_idempotency(const ledger::digest128& key);
    // All of them, newest first, at most `limit`.
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
    find_idempotency(const ledger::digest128& key, std::size_t limit);

    // The newest step of the payment that was decided by that entry; nullopt: none followed.
    [[nodiscard]] tl::expected<std::optional<ledger::journal_position>, error>
    find_follow_up(ledger::journal_position payment);

    // As of the checkpoint: wallets of which something is due at `until` or before, from `from` on, at most `limit`.
    [[nodiscard]] tl::expected<std::vector<due_wallet>, error> find_due(const due_wallet& from, ledger::instant until,
                                                                        std::size_t limit);

    // The payments under a merchant's reference, newest first, at most `limit`.
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error>
    find_references(const ledger::digest128& reference, std::size_t limit);

    // The administrative acts before the position (0: all), newest first, at most `limit`.
    [[nodiscard]] tl::expected<std::vector<ledger::journal_position>, error> find_acts(ledger::journal_position before,
                                                                                       std::size_t limit);

    // A durable entry. Positions come from the look-ups above and from ids, so one that is not there is an error.
    [[nodiscard]] tl::expected<ledger::entry, error> read(ledger::journal_position position);

private:
    [[nodiscard]] tl::expected<std::optional<ledger::entry>, error>
    read_found(const tl::expected<std::optional<ledger::journal_position>, error>& found);

    const recent_index& recent_;
    const journal& journal_;
    state_reader state_;
    code_cache codes_;
    std::optional<journal_reader> entries_; // none before the first read
};

} // namespace meguri::storage
