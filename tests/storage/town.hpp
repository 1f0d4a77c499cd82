// A small town that lives: a ledger in a temporary folder whose journal grows by random but right entries, and beside
// it what they amount to, folded straight from the first entry. The tests of everything derived compare with that.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/decide.hpp"
#include "ledger/merchant.hpp"
#include "ledger/registry.hpp"
#include "ledger/wallet.hpp"
#include "storage/data_folder.hpp"
#include "storage/index_keys.hpp"
#include "storage/journal.hpp"
#include "storage/journal_reader.hpp"
#include "storage/key_ring.hpp"
#include "storage/new_ledger.hpp"
#include "storage/state_records.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/temporary_folder.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meguri::test {

// What a journal amounts to.
struct folded {
    std::map<ledger::wallet_id, ledger::wallet> wallets;
    std::map<ledger::merchant_id, ledger::merchant> merchants;
    ledger::campaign_list campaigns;
    std::map<ledger::partner_id, ledger::partner> partners;
    struct of_person {
        ledger::jst_day day;
        ledger::points amount;
    };
    std::map<std::pair<ledger::partner_id, ledger::wallet_id>, of_person> persons; // on their newest day
    std::map<ledger::journal_position, std::pair<ledger::partner_id, ledger::coupon_ptr>> coupons; // open ones
    std::map<std::pair<ledger::partner_id, ledger::wallet_id>, ledger::entry> links;               // the newest
    std::map<ledger::purchase_reference, ledger::purchase> purchases;
    std::map<std::pair<ledger::program_code, ledger::wallet_id>, ledger::purchase_usage> bought; // asked to buy
    std::map<ledger::journal_position, ledger::bank_transfer> transfers;
    struct newest_mandate {
        ledger::debit_mandate mandate;
        ledger::journal_position position = 0;
    };
    std::map<std::pair<ledger::program_code, ledger::wallet_id>, newest_mandate> mandates;
    std::map<ledger::journal_position, ledger::journal_position> ended_mandates; // where each ended
    std::map<std::pair<ledger::program_code, ledger::jst_day>, ledger::journal_position> debit_orders;
    ledger::registry registry;
    ledger::books books;
    storage::last_ids ids;
    std::map<ledger::key_holder, ledger::key_chain> chains; // of those that are not the default
    std::vector<ledger::journal_position> acts;
    std::multimap<storage::index_key, ledger::journal_position> keys;

    void apply(const ledger::entry& one, const storage::key_ring& ring);
};

class town {
public:
    explicit town(std::uint64_t seed);

    // So many random entries, in batches of random size, durable.
    void live(std::size_t entries);
    // One batch of one entry with this fact: positions, chains and sequence filled in. Nothing checks that it is right.
    void add(ledger::fact what, const std::function<void(ledger::entry&)>& change = {});
    // The same with one that is right: the town goes on from it.
    void tell(ledger::fact what);
    // As if the town had been restored with all that it has.
    void begin_epoch(ledger::epoch_mark mark);

    [[nodiscard]] storage::journal& journal() { return *journal_; }
    [[nodiscard]] const storage::key_ring& keys() const { return keys_; }
    [[nodiscard]] const folded& stands() const { return folded_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return path_; }
    [[nodiscard]] dice& random() { return dice_; }
    // Some of the payments of wallets, as they stand, by idempotency key.
    [[nodiscard]] const auto& payments() const { return payments_; }
    [[nodiscard]] ledger::instant now() const { return ledger::instant{now_}; }
    void pass_time(std::int64_t ms) { now_ += ms; }
    // Another process' turn: the folder can be opened by somebody else, then it is ours again.
    void close() { journal_.reset(); }
    void open();

private:
    [[nodiscard]] ledger::fact random_fact();
    [[nodiscard]] ledger::fact random_payment();
    [[nodiscard]] std::optional<ledger::fact> random_step();
    [[nodiscard]] ledger::fact random_bar();
    [[nodiscard]] std::optional<ledger::fact> random_undecided(const ledger::wallet& of);
    [[nodiscard]] std::optional<ledger::fact> random_correction(const ledger::wallet& of);
    [[nodiscard]] std::optional<ledger::fact> random_campaign(const ledger::wallet& to);
    // What may become of a partner's terms and coupons, or a conversion to the wallet.
    [[nodiscard]] std::optional<ledger::fact> random_conversion(const ledger::wallet& to);
    [[nodiscard]] std::optional<ledger::fact> random_coupon(const ledger::partner& of, const ledger::wallet& to);
    [[nodiscard]] std::optional<ledger::fact> random_link(const ledger::partner& of, const ledger::wallet& to);
    [[nodiscard]] std::optional<ledger::fact> random_linked_step(const ledger::partner& of,
                                                                 const ledger::open_linked_conversion& one);
    [[nodiscard]] std::optional<ledger::fact> converted(const ledger::partner& of, const ledger::wallet& to,
                                                        ledger::allowed_conversion allowed);
    [[nodiscard]] std::optional<ledger::fact> random_file_step(const ledger::wallet& to);
    [[nodiscard]] std::optional<ledger::fact> random_recipients(const ledger::campaign& of, const ledger::wallet& to);
    // A benefit to the wallet, or what may become of the campaign's list of the eligible and its events.
    [[nodiscard]] std::optional<ledger::fact> random_benefit(const ledger::campaign& of, const ledger::wallet& to);
    [[nodiscard]] std::optional<ledger::fact> random_eligibility(const ledger::campaign& of, const ledger::wallet& to);
    [[nodiscard]] std::optional<ledger::fact> random_purchase(const ledger::wallet& by);
    // By account transfer, and by card.
    [[nodiscard]] std::optional<ledger::fact> random_debit(const ledger::wallet& by, const ledger::program& seller);
    [[nodiscard]] std::optional<ledger::fact> random_bank_answer(const ledger::purchase& of);
    [[nodiscard]] std::optional<ledger::fact> random_gateway_news(const ledger::purchase& of);
    [[nodiscard]] std::optional<ledger::fact> random_money();
    [[nodiscard]] std::optional<ledger::fact> credited(const ledger::taken_transfer& taken);
    void remember(const ledger::entry& one);
    [[nodiscard]] ledger::fact random_freeze();
    [[nodiscard]] std::optional<ledger::fact> random_key();
    [[nodiscard]] ledger::fact random_limits();
    // What may become of the wallet's MyKey ID.
    [[nodiscard]] ledger::fact random_my_key(const ledger::wallet& of);
    // A printed code of the wallet is blocked, or one of digits is issued.
    [[nodiscard]] ledger::fact random_code_act(const ledger::wallet& of);
    // Somebody applies or is decided upon, or an account changes.
    [[nodiscard]] ledger::fact random_joining();
    // An activation code is issued, revoked or used.
    [[nodiscard]] ledger::fact random_activation(const ledger::merchant& of);
    // A terminal of the merchant is bound to certificates, or to none; nothing where it has no terminal.
    [[nodiscard]] std::optional<ledger::fact> random_certificates(const ledger::merchant& of);
    [[nodiscard]] ledger::category_set random_categories();
    static void name_parties(ledger::entry& one, const ledger::fact& what);
    [[nodiscard]] ledger::entry complete(ledger::fact what);
    [[nodiscard]] std::optional<ledger::digest128> code_of_somebody();

    temporary_folder temporary_;
    std::filesystem::path path_;
    dice dice_;
    storage::key_ring keys_;
    std::optional<storage::journal> journal_;
    folded folded_;
    std::size_t entries_of_batch_ = 0; // made, not yet appended
    std::uint64_t my_keys_drawn_ = 0;
    std::uint64_t references_ = 0;
    std::uint64_t lines_printed_ = 0; // by the bank
    std::int64_t now_ = 1'790'000'000'000;
    std::vector<std::pair<ledger::digest128, ledger::known_code>> codes_;
    std::vector<std::pair<std::string, ledger::payment_state>> payments_;
    std::map<ledger::journal_position, ledger::recipients_listed> lists_;             // that wait for their acceptance
    std::map<ledger::journal_position, ledger::recipients_listed> files_;             // by the acceptance
    std::map<ledger::journal_position, ledger::eligibility_listed> eligible_;         // by the campaign: newest rows
    std::map<ledger::journal_position, ledger::journal_position> eligible_positions_; // and where they stand
    std::map<ledger::journal_position, ledger::eligibility_listed> lists_in_force_;   // or that wait, by the list
    std::map<ledger::digest128, ledger::entry> joinings_;                             // the newest about each
};

} // namespace meguri::test
