// The replay of `meguri verify`: folds the journal from its first entry and checks each entry's rules before it applies
// it, so that a wrong entry is a line in the report and not an abort. One thread.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/merchant.hpp"
#include "ledger/partner.hpp"
#include "ledger/registry.hpp"
#include "ledger/wallet.hpp"
#include "storage/index_keys.hpp"
#include "storage/index_runs.hpp"
#include "storage/key_ring.hpp"
#include "storage/state_records.hpp"
#include "storage/verify_benefits.hpp"
#include "storage/verify_clawbacks.hpp"
#include "storage/verify_links.hpp"
#include "storage/verify_purchases.hpp"
#include "storage/verify_recipients.hpp"
#include "storage/verify_rules.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace meguri::storage {

class verify_replay {
public:
    // Reads an entry that the replay has passed: a payment's decision, when its first step comes.
    using read_entry = std::function<tl::expected<ledger::entry, error>(ledger::journal_position)>;

    verify_replay(const key_ring& keys, rule_tally& tally, read_entry read)
        : keys_{keys},
          tally_{tally},
          read_{std::move(read)} {}

    void apply(const ledger::entry& one);
    // What can be said only at the end: books against wallets and merchants, keys used once.
    void finish();

    struct replayed_wallet {
        ledger::wallet wallet;
        bool broken = false; // an entry was wrong: nothing after it is applied
    };
    struct replayed_merchant {
        ledger::merchant merchant;
        bool broken = false;
        std::map<std::uint64_t, ledger::category_set> categories; // by the version of the terms that set them
        // As the terms of that version had them: a payment may stand behind a change that its decision did not see.
        [[nodiscard]] const ledger::category_set* categories_at(std::uint64_t version) const;
    };
    struct credential {
        index_key key;
        std::optional<ledger::known_code> code; // else a bearer key's owner
        std::optional<bearer_owner> owner;
        ledger::journal_position position = 0;
    };

    [[nodiscard]] const std::unordered_map<ledger::wallet_id, replayed_wallet>& wallets() const noexcept {
        return wallets_;
    }
    [[nodiscard]] const std::unordered_map<ledger::merchant_id, replayed_merchant>& merchants() const noexcept {
        return merchants_;
    }
    [[nodiscard]] const ledger::registry& registry() const noexcept { return registry_; }
    [[nodiscard]] const ledger::books& books() const noexcept { return books_; }
    [[nodiscard]] const last_ids& ids() const noexcept { return ids_; }
    [[nodiscard]] const std::vector<credential>& credentials() const noexcept { return credentials_; }
    [[nodiscard]] const std::vector<run_key>& idempotency() const noexcept { return idempotency_; }
    [[nodiscard]] const std::vector<ledger::journal_position>& acts() const noexcept { return acts_; }
    [[nodiscard]] const std::vector<run_key>& references() const noexcept { return references_; }
    // The newest step of each payment that has one, by the position of its decision.
    struct newest_step {
        ledger::journal_position position = 0;
        ledger::payment_state payment;
    };
    [[nodiscard]] const std::unordered_map<ledger::journal_position, newest_step>& steps() const noexcept {
        return steps_;
    }
    // The keys of each holder that has others than the default.
    struct replayed_keys {
        ledger::key_chain keys;
        ledger::journal_position position = 0;
    };
    [[nodiscard]] const std::map<ledger::key_holder, replayed_keys>& keys() const noexcept { return holders_; }
    // The newest entry that told a terminal's certificates, by the terminal.
    [[nodiscard]] const std::unordered_map<std::uint64_t, ledger::journal_position>& certificates() const noexcept {
        return certificates_;
    }
    struct replayed_campaign {
        ledger::campaign campaign;
        std::int64_t granted = 0; // the sum of its grants
    };
    // By the position of the proposal.
    [[nodiscard]] const std::map<ledger::journal_position, replayed_campaign>& campaigns() const noexcept {
        return campaigns_;
    }
    // The grant of each occasion, by its digest.
    [[nodiscard]] const std::map<ledger::digest128, ledger::journal_position>& occasions() const noexcept {
        return occasions_;
    }
    [[nodiscard]] const std::map<ledger::partner_id, ledger::partner>& partners() const noexcept { return partners_; }
    // The newest entry of each reference, person and coupon, and every one of each list.
    [[nodiscard]] const std::map<index_key, ledger::journal_position>& conversions() const noexcept {
        return conversions_;
    }
    // The newest entry about what joins, by its digest.
    [[nodiscard]] const std::map<ledger::digest128, ledger::journal_position>& joinings() const noexcept {
        return joinings_;
    }
    // The newest entry that gave out each MyKey ID or took it away, by its number.
    [[nodiscard]] const std::unordered_map<std::uint64_t, ledger::journal_position>& my_keys() const noexcept {
        return my_keys_;
    }
    // The newest entry that set each wallet's password.
    [[nodiscard]] const std::unordered_map<std::uint64_t, ledger::journal_position>& passwords() const noexcept {
        return passwords_;
    }
    [[nodiscard]] const verify_purchases& purchases() const noexcept { return purchases_; }
    // Positions of the entries that made each program's and party's record what it is.
    [[nodiscard]] const std::unordered_map<std::uint32_t, ledger::journal_position>&
    program_positions() const noexcept {
        return program_positions_;
    }
    [[nodiscard]] const std::vector<ledger::journal_position>& party_positions() const noexcept {
        return party_positions_;
    }

private:
    [[nodiscard]] bool belongs(const ledger::entry& one);
    [[nodiscard]] bool names_open_programs(const ledger::entry& one);
    // Finds the payment and lets it take the step; false where it has no decision to follow.
    [[nodiscard]] bool take_step(const ledger::entry& one, const ledger::payment_changed& step,
                                 std::optional<ledger::payment_state>& before);
    // Lets the campaign take the entry; false where it cannot.
    [[nodiscard]] bool take_campaign(const ledger::entry& one);
    // Lets the partner take the entry, and its coupon; false where they cannot.
    [[nodiscard]] bool take_conversion(const ledger::entry& one, ledger::partner_id partner);
    [[nodiscard]] bool is_new_reference(ledger::partner_id partner, const std::string& reference) const;
    [[nodiscard]] bool is_possible(const ledger::points_converted& fact) const;
    [[nodiscard]] bool is_possible(const ledger::coupon_changed& fact) const;
    void check_reconciliation(const ledger::entry& one);
    // Of a file of recipients: whether its rows are those of its lists, and each comes once.
    [[nodiscard]] bool take_recipients(const ledger::entry& one);
    // Of benefits: whether lists of the eligible are whole, and each person is one of them where one is asked for.
    [[nodiscard]] bool take_benefits(const ledger::entry& one, const ledger::campaign& of);
    // Whether what joins by the entry can.
    [[nodiscard]] bool can_join(const ledger::entry& one);
    [[nodiscard]] bool is_there(const ledger::account_holder& holder) const;
    void apply_to_wallet(const ledger::entry& one, const ledger::payment_state* payment);
    void apply_to_merchant(const ledger::entry& one);
    void apply_to_registry(const ledger::entry& one);
    [[nodiscard]] bool is_possible(const ledger::epoch_began& began, const ledger::entry& one);
    void apply_to_keys(const ledger::entry& one);
    void check_my_key(const ledger::entry& one);
    [[nodiscard]] bool is_there(const ledger::key_holder& holder) const;
    void apply_to_books(const ledger::entry& one);
    void note_keys(const ledger::entry& one);
    [[nodiscard]] bool can_apply(const ledger::merchant& merchant, const ledger::entry& one);
    [[nodiscard]] bool can_activate(const ledger::merchant& merchant, const ledger::terminal_activated& added,
                                    const ledger::entry& one) const;
    void check_terms(const ledger::merchant_terms& terms, const ledger::payment_decided& paid,
                     const ledger::entry& one);
    void check_wallet_sums();
    void check_merchant_sums();
    void check_keys_once(std::vector<run_key>& keys);

    const key_ring& keys_;
    rule_tally& tally_;
    std::unordered_map<ledger::wallet_id, replayed_wallet> wallets_;
    std::unordered_map<ledger::merchant_id, replayed_merchant> merchants_;
    std::unordered_map<std::uint32_t, ledger::journal_position> program_positions_;
    std::vector<ledger::journal_position> party_positions_;
    ledger::registry registry_;
    ledger::books books_;
    last_ids ids_;
    std::vector<credential> credentials_;
    std::map<ledger::key_holder, replayed_keys> holders_;
    read_entry read_;
    std::unordered_map<ledger::journal_position, newest_step> steps_;
    std::unordered_map<std::uint64_t, ledger::journal_position> certificates_;
    std::map<ledger::journal_position, replayed_campaign> campaigns_;
    std::map<ledger::digest128, ledger::journal_position> occasions_;
    verify_recipients recipients_;
    verify_benefits benefits_;
    verify_clawbacks clawbacks_;
    std::map<ledger::digest128, ledger::journal_position> joinings_;
    std::unordered_map<std::uint64_t, ledger::journal_position> my_keys_;
    std::unordered_map<std::uint64_t, ledger::journal_position> passwords_;
    struct day_of_partner {
        std::int64_t credited = 0;
        std::uint32_t conversions = 0;
        std::map<ledger::wallet_id, std::int64_t> of_persons;
    };
    struct replayed_coupon {
        ledger::coupon_ptr what;
        ledger::partner_id partner;
        bool ended = false; // redeemed or blocked
    };
    std::map<ledger::partner_id, ledger::partner> partners_;
    verify_links links_;
    std::map<index_key, ledger::journal_position> conversions_;
    std::map<std::pair<ledger::partner_id, ledger::jst_day>, day_of_partner> partner_days_;
    std::map<ledger::journal_position, replayed_coupon> coupons_; // by their issue
    std::map<ledger::partner_id, std::int64_t> converted_;        // the sum of the lots
    verify_purchases purchases_;
    std::vector<run_key> idempotency_;
    std::vector<run_key> own_keys_;      // of those: each entry's own
    std::vector<run_key> reversed_keys_; // and those that it reversed or barred
    std::vector<run_key> references_;
    std::vector<ledger::journal_position> acts_;
};

} // namespace meguri::storage
