#include "storage/thread_reader.hpp"

#include "storage/recent_index.hpp"
#include "storage/store.hpp"

#include <algorithm>
#include <limits>

namespace meguri::storage {

using ledger::journal_position;

namespace {

// Newest first. A checkpoint between the two look-ups may have brought the same positions into the state store.
tl::expected<std::vector<journal_position>, error> merge(std::vector<journal_position> recent,
                                                         tl::expected<std::vector<journal_position>, error> older,
                                                         std::size_t limit) {
    if (!older) return older;
    recent.insert(recent.end(), older->begin(), older->end());
    std::ranges::sort(recent, std::greater{});
    recent.erase(std::unique(recent.begin(), recent.end()), recent.end());
    if (recent.size() > limit) recent.resize(limit);
    return recent;
}

} // namespace

thread_reader::thread_reader(const store& from) : thread_reader{from.state(), from.recent(), from.entries()} {}

thread_reader::thread_reader(const state_store& state, const recent_index& recent, const journal& entries)
    : recent_{recent},
      journal_{entries},
      state_{state} {}

tl::expected<std::optional<ledger::wallet>, error> thread_reader::load_wallet(ledger::wallet_id id) {
    return state_.load_wallet(id);
}

tl::expected<std::optional<ledger::merchant>, error> thread_reader::load_merchant(ledger::merchant_id id) {
    return state_.load_merchant(id);
}

tl::expected<ledger::campaign_list, error> thread_reader::load_campaigns(ledger::program_code program) {
    return state_.load_campaigns(program);
}

tl::expected<std::optional<journal_position>, error> thread_reader::find_occasion(const ledger::digest128& occasion) {
    if (const auto recent = recent_.find_last({index_kind::occasion, occasion})) return recent;
    return state_.find_occasion(occasion);
}

tl::expected<std::optional<ledger::partner>, error> thread_reader::load_partner(ledger::partner_id id) {
    return state_.load_partner(id);
}

tl::expected<std::optional<journal_position>, error> thread_reader::find_conversion(index_kind kind,
                                                                                    ledger::digest128 digest) {
    if (const auto recent = recent_.find_last({kind, digest})) return recent;
    return state_.find_conversion({kind, digest});
}

tl::expected<std::vector<journal_position>, error>
thread_reader::find_conversion_list(std::uint64_t list, journal_position before, std::size_t limit) {
    std::vector<journal_position> found;
    recent_.find_all({index_kind::conversion_list, digest_of_list(list)}, std::numeric_limits<std::size_t>::max(),
                     found);
    if (before != 0) std::erase_if(found, [before](journal_position one) { return one >= before; });
    return merge(std::move(found), state_.find_conversion_list(list, before, limit), limit);
}

tl::expected<std::optional<ledger::entry>, error>
thread_reader::read_found(const tl::expected<std::optional<journal_position>, error>& found) {
    if (!found) return tl::unexpected{found.error()};
    if (!*found) return std::optional<ledger::entry>{};
    return read(**found).map([](ledger::entry&& one) { return std::optional{std::move(one)}; });
}

tl::expected<std::optional<ledger::entry>, error> thread_reader::find_purchase(ledger::purchase_reference reference) {
    if (const auto recent = recent_.find_last({index_kind::purchase, digest_of_purchase(reference)}))
        return read_found(recent);
    return read_found(state_.find_purchase(reference));
}

tl::expected<std::optional<ledger::entry>, error> thread_reader::find_purchaser(const ledger::digest128& purchaser) {
    if (const auto recent = recent_.find_last({index_kind::purchaser, purchaser})) return read_found(recent);
    return read_found(state_.find_purchaser(purchaser));
}

tl::expected<std::optional<ledger::entry>, error> thread_reader::find_transfer(const ledger::digest128& line) {
    if (const auto recent = recent_.find_last({index_kind::transfer, line})) return read_found(recent);
    return read_found(state_.find_transfer(line));
}

tl::expected<std::vector<ledger::bank_transfer>, error> thread_reader::load_unmatched(ledger::program_code program) {
    const auto newest = state_.find_unmatched(program);
    if (!newest) return tl::unexpected{newest.error()};
    std::vector<ledger::bank_transfer> found;
    for (const auto position : *newest) {
        const auto one = read(position);
        if (!one) return tl::unexpected{one.error()};
        auto transfer = ledger::transfer_in(*one);
        if (!transfer) return tl::unexpected{state_damaged("an unmatched transfer")};
        found.push_back(*std::move(transfer));
    }
    return found;
}

tl::expected<std::optional<journal_position>, error> thread_reader::find_joining(const ledger::digest128& joining) {
    if (const auto recent = recent_.find_last({index_kind::joining, joining})) return recent;
    return state_.find_joining(joining);
}

tl::expected<std::optional<ledger::known_code>, error> thread_reader::find_code(const ledger::digest128& code) {
    if (const auto* const known = codes_.find(code)) return *known;
    if (const auto issued = recent_.find_last({index_kind::code, code})) return read(*issued).map(known_code_of);
    auto found = state_.find_code(code);
    if (found && *found) codes_.keep(code, **found);
    return found;
}

tl::expected<std::optional<bearer_owner>, error> thread_reader::find_bearer(const ledger::digest128& key) {
    if (const auto added = recent_.find_last({index_kind::bearer, key})) return read(*added).map(bearer_owner_of);
    return state_.find_bearer(key);
}

tl::expected<ledger::key_chain, error> thread_reader::find_keys(const ledger::key_holder& holder) {
    if (const auto changed = recent_.find_last({index_kind::holder, digest_of_holder(holder)}))
        return read(*changed).map([](const ledger::entry& one) { return *changed_keys_of(one).after; });
    return state_.find_keys(holder).map(
        [](const std::optional<ledger::key_chain>& found) { return found.value_or(ledger::key_chain{}); });
}

tl::expected<std::vector<ledger::certificate_digest>, error>
thread_reader::find_certificates(ledger::outlet_id terminal) {
    auto told = recent_.find_last({index_kind::certificate, digest_of_terminal(terminal)});
    if (!told) {
        auto stored = state_.find_certificates(terminal);
        if (!stored) return tl::unexpected{std::move(stored.error())};
        if (!*stored) return std::vector<ledger::certificate_digest>{};
        told = *stored;
    }
    auto entry = read(*told);
    if (!entry) return tl::unexpected{std::move(entry.error())};
    auto* const change = std::get_if<ledger::terminal_certificates_changed>(&entry->what);
    if (change == nullptr || change->terminal != terminal)
        return tl::unexpected{state_damaged("the certificates of terminal " + std::to_string(terminal.value()))};
    return std::move(change->certificates);
}

tl::expected<std::optional<known_my_key>, error> thread_reader::find_my_key(ledger::my_key_id id) {
    auto told = recent_.find_last({index_kind::my_key, digest_of_my_key(id)});
    if (!told) {
        auto stored = state_.find_my_key(id);
        if (!stored) return tl::unexpected{std::move(stored.error())};
        if (!*stored) return std::optional<known_my_key>{};
        told = *stored;
    }
    const auto entry = read(*told);
    if (!entry) return tl::unexpected{entry.error()};
    const auto known = known_my_key_of(*entry, id);
    if (!known) return tl::unexpected{state_damaged("MyKey ID number " + std::to_string(id.number()))};
    return known;
}

tl::expected<std::optional<std::string>, error> thread_reader::find_password(ledger::wallet_id wallet) {
    auto told = recent_.find_last({index_kind::password, digest_of_wallet(wallet)});
    if (!told) {
        auto stored = state_.find_password(wallet);
        if (!stored) return tl::unexpected{std::move(stored.error())};
        if (!*stored) return std::optional<std::string>{};
        told = *stored;
    }
    auto entry = read(*told);
    if (!entry) return tl::unexpected{entry.error()};
    auto* const set = std::get_if<ledger::password_set>(&entry->what);
    if (set == nullptr)
        return tl::unexpected{state_damaged("the password of wallet " + std::to_string(wallet.value()))};
    return std::optional{std::move(set->hash)};
}

tl::expected<std::optional<journal_position>, error> thread_reader::find_idempotency(const ledger::digest128& key) {
    if (const auto recent = recent_.find_last({index_kind::idempotency, key})) return recent;
    return state_.find_idempotency(key, 1).map([](const std::vector<journal_position>& found) {
        return found.empty() ? std::nullopt : std::optional{found.front()};
    });
}

tl::expected<std::vector<journal_position>, error> thread_reader::find_idempotency(const ledger::digest128& key,
                                                                                   std::size_t limit) {
    std::vector<journal_position> found;
    recent_.find_all({index_kind::idempotency, key}, limit, found);
    return merge(std::move(found), state_.find_idempotency(key, limit), limit);
}

tl::expected<std::vector<journal_position>, error> thread_reader::find_references(const ledger::digest128& reference,
                                                                                  std::size_t limit) {
    std::vector<journal_position> found;
    recent_.find_all({index_kind::reference, reference}, limit, found);
    if (found.size() == limit) return found;
    return merge(std::move(found), state_.find_references(reference, limit), limit);
}

// All that are not in the state store yet are looked through: as many as a checkpoint's round at most.
tl::expected<std::vector<journal_position>, error> thread_reader::find_acts(journal_position before,
                                                                            std::size_t limit) {
    std::vector<journal_position> found;
    recent_.find_all(every_act, std::numeric_limits<std::size_t>::max(), found);
    if (before != 0) std::erase_if(found, [before](journal_position one) { return one >= before; });
    return merge(std::move(found), state_.find_acts(before, limit), limit);
}

tl::expected<std::optional<journal_position>, error> thread_reader::find_follow_up(journal_position payment) {
    const index_key key{index_kind::follow_up, digest_of_position(payment)};
    if (const auto recent = recent_.find_last(key)) return recent;
    return state_.find_follow_up(payment);
}

tl::expected<std::vector<due_wallet>, error> thread_reader::find_due(const due_wallet& from, ledger::instant until,
                                                                     std::size_t limit) {
    return state_.find_due(from, until, limit);
}

tl::expected<ledger::entry, error> thread_reader::read(journal_position position) {
    if (!entries_) {
        auto made = journal_reader::make(journal_);
        if (!made) return tl::unexpected{std::move(made.error())};
        entries_.emplace(std::move(*made));
    }
    return entries_->read(position);
}

} // namespace meguri::storage
