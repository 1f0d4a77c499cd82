#include "storage/state_reader.hpp"

#include "storage/act_index.hpp"
#include "storage/index_run_lookup.hpp"

#include <algorithm>

namespace meguri::storage {

class state_reader::snapshot {
public:
    explicit snapshot(lmdb::read_transaction& active) noexcept : active_{&active} {}
    snapshot(snapshot&& from) noexcept : active_{std::exchange(from.active_, nullptr)} {}
    snapshot(const snapshot&) = delete;
    snapshot& operator=(const snapshot&) = delete;
    snapshot& operator=(snapshot&&) = delete;
    ~snapshot() {
        if (active_ != nullptr) active_->reset();
    }
    [[nodiscard]] lmdb::read_transaction& operator*() const noexcept { return *active_; }

private:
    lmdb::read_transaction* active_;
};

tl::expected<state_reader::snapshot, error> state_reader::begin() {
    if (transaction_) {
        if (auto renewed = transaction_->renew(); !renewed) return tl::unexpected{std::move(renewed.error())};
    } else {
        auto begun = state_.begin_read();
        if (!begun) return tl::unexpected{std::move(begun.error())};
        transaction_.emplace(std::move(*begun));
    }
    return snapshot{*transaction_};
}

found_record<ledger::wallet> state_reader::load_wallet(ledger::wallet_id id) {
    return begin().and_then([&](const snapshot& now) { return get_wallet(*now, state_.databases(), id); });
}

found_record<ledger::merchant> state_reader::load_merchant(ledger::merchant_id id) {
    return begin().and_then([&](const snapshot& now) { return get_merchant(*now, state_.databases(), id); });
}

found_record<ledger::known_code> state_reader::find_code(const ledger::digest128& code) {
    return begin().and_then([&](const snapshot& now) { return get_code(*now, state_.databases(), code); });
}

found_record<bearer_owner> state_reader::find_bearer(const ledger::digest128& key) {
    return begin().and_then([&](const snapshot& now) { return get_bearer(*now, state_.databases(), key); });
}

found_record<ledger::key_chain> state_reader::find_keys(const ledger::key_holder& holder) {
    return begin().and_then([&](const snapshot& now) { return get_keys(*now, state_.databases(), holder); });
}

tl::expected<std::vector<ledger::journal_position>, error> state_reader::find_acts(ledger::journal_position before,
                                                                                   std::size_t limit) {
    return begin().and_then([&](const snapshot& now) { return get_acts(*now, state_.databases(), before, limit); });
}

tl::expected<ledger::campaign_list, error> state_reader::load_campaigns(ledger::program_code program) {
    return begin().and_then([&](const snapshot& now) { return get_campaigns(*now, state_.databases(), program); });
}

found_record<ledger::journal_position> state_reader::find_occasion(const ledger::digest128& occasion) {
    return begin().and_then([&](const snapshot& now) { return get_occasion(*now, state_.databases(), occasion); });
}

found_record<ledger::partner> state_reader::load_partner(ledger::partner_id id) {
    return begin().and_then([&](const snapshot& now) { return get_partner(*now, state_.databases(), id); });
}

found_record<ledger::journal_position> state_reader::find_conversion(const conversion_key& key) {
    return begin().and_then([&](const snapshot& now) { return get_conversion(*now, state_.databases(), key); });
}

tl::expected<std::vector<ledger::journal_position>, error>
state_reader::find_conversion_list(std::uint64_t list, ledger::journal_position before, std::size_t limit) {
    return begin().and_then(
        [&](const snapshot& now) { return get_conversion_list(*now, state_.databases(), list, before, limit); });
}

found_record<ledger::journal_position> state_reader::find_purchase(ledger::purchase_reference reference) {
    return begin().and_then([&](const snapshot& now) { return get_purchase(*now, state_.databases(), reference); });
}

found_record<ledger::journal_position> state_reader::find_purchaser(const ledger::digest128& purchaser) {
    return begin().and_then([&](const snapshot& now) { return get_purchaser(*now, state_.databases(), purchaser); });
}

found_record<ledger::journal_position> state_reader::find_transfer(const ledger::digest128& line) {
    return begin().and_then([&](const snapshot& now) { return get_transfer(*now, state_.databases(), line); });
}

tl::expected<std::vector<ledger::journal_position>, error> state_reader::find_unmatched(ledger::program_code program) {
    return begin().and_then([&](const snapshot& now) { return get_unmatched(*now, state_.databases(), program); });
}

found_record<ledger::journal_position> state_reader::find_joining(const ledger::digest128& joining) {
    return begin().and_then([&](const snapshot& now) { return get_joining(*now, state_.databases(), joining); });
}

found_record<checkpoint> state_reader::load_checkpoint() {
    return begin().and_then([&](const snapshot& now) { return get_checkpoint(*now, state_.databases()); });
}

tl::expected<ledger::registry, error> state_reader::load_registry() {
    return begin().and_then([&](const snapshot& now) { return get_registry(*now, state_.databases()); });
}

tl::expected<ledger::books, error> state_reader::load_books() {
    return begin().and_then([&](const snapshot& now) { return get_books(*now, state_.databases()); });
}

found_record<ledger::journal_position> state_reader::find_follow_up(ledger::journal_position payment) {
    return begin().and_then([&](const snapshot& now) { return get_follow_up(*now, state_.databases(), payment); });
}

found_record<ledger::journal_position> state_reader::find_certificates(ledger::outlet_id terminal) {
    return begin().and_then([&](const snapshot& now) { return get_certificates(*now, state_.databases(), terminal); });
}

found_record<ledger::journal_position> state_reader::find_my_key(ledger::my_key_id id) {
    return begin().and_then([&](const snapshot& now) { return get_my_key(*now, state_.databases(), id); });
}

found_record<ledger::journal_position> state_reader::find_password(ledger::wallet_id wallet) {
    return begin().and_then([&](const snapshot& now) { return get_password(*now, state_.databases(), wallet); });
}

tl::expected<std::vector<due_wallet>, error> state_reader::find_due(const due_wallet& from, ledger::instant until,
                                                                    std::size_t limit) {
    auto now = begin();
    if (!now) return tl::unexpected{std::move(now.error())};
    auto over = (**now).open_cursor(state_.databases().due);
    if (!over) return tl::unexpected{std::move(over.error())};
    std::vector<due_wallet> found;
    record_buffer key;
    set_due_key(key, from);
    auto at = over->at_least(key);
    for (; at && *at && found.size() < limit; at = over->next()) {
        const auto one = due_wallet_of((**at).key);
        if (!one) return tl::unexpected{state_damaged("what is due")};
        if (one->at > until) break;
        found.push_back(*one);
    }
    if (!at) return tl::unexpected{std::move(at.error())};
    return found;
}

tl::expected<std::vector<ledger::journal_position>, error> state_reader::find_idempotency(const ledger::digest128& key,
                                                                                          std::size_t limit) {
    return find(state_.idempotency(), idempotency_, key, limit);
}

tl::expected<std::vector<ledger::journal_position>, error>
state_reader::find_references(const ledger::digest128& reference, std::size_t limit) {
    return find(state_.reference(), reference_, reference, limit);
}

// A run that a merge has replaced is deleted after the new set was published. If the set is still the same once the
// snapshot stands, nothing that it lists had been deleted then, and its newest run had been committed. The usual
// answer, "never seen", needs the filters alone.
tl::expected<std::vector<ledger::journal_position>, error>
state_reader::find(const index_run_store& runs, run_set_ptr& mine, const ledger::digest128& digest, std::size_t limit) {
    std::vector<ledger::journal_position> found;
    for (;;) {
        if (mine == nullptr || mine->version != runs.board().version()) mine = runs.board().current();
        const auto may_have = [&digest](const index_run_ptr& run) { return run->filter.may_contain(digest); };
        if (std::ranges::none_of(mine->runs, may_have)) return found;
        auto now = begin();
        if (!now) return tl::unexpected{std::move(now.error())};
        if (mine->version != runs.board().version()) continue;
        if (auto looked = find_in_runs(**now, runs.databases(), *mine, digest, limit, found); !looked)
            return tl::unexpected{std::move(looked.error())};
        return found;
    }
}

} // namespace meguri::storage
