#include "storage/checkpoint_round.hpp"

#include "ledger/contract.hpp"
#include "ledger/joining.hpp"
#include "storage/act_index.hpp"
#include "storage/give_way.hpp"

#include <algorithm>
#include <string>

namespace meguri::storage {
namespace {

// Changes of the registry go into the last slice as a whole, so a round ends early when it has many of them.
constexpr std::size_t registry_changes_max = 1'000;

error does_not_follow(const std::string& what, const ledger::entry& one) {
    return {errc::state_damaged, "the state store's " + what + " does not lead to this entry", one.position};
}

} // namespace

// Letting go of a hundred thousand entries takes some milliseconds.
checkpoint_round::~checkpoint_round() {
    for (; !entries_.empty(); entries_.pop_back()) way_.step();
}

tl::expected<bool, error> checkpoint_round::gather(journal_reader& from, std::size_t entries_max,
                                                   std::size_t portion_max) {
    EXPECTS(!is_gathered() && portion_max > 0);
    if (is_read_) return arrange_some();
    if (until_ == 0) {
        const auto last = from.last();
        if (!last) return tl::unexpected{last.error()};
        until_ = *last;
        const auto behind = static_cast<std::size_t>(until_ - std::min(until_, begins_at_));
        entries_.reserve(std::min(entries_max + entries_max / 16, behind)); // and the rest of the last batch
    }
    const std::size_t portion_end = entries_.size() + portion_max;
    bool ended = false;
    bool enough = false;
    auto read = from.read_from(stand_.at.end.last + 1, [&](journal_record&& record) {
        const auto& end = record.end_of_batch;
        if (end) stand_.at.end = {record.what.position, end->hash, end->recorded_at};
        take(std::move(record.what));
        ended = end.has_value();
        enough = entries_.size() >= entries_max || registry_.size() >= registry_changes_max;
        return !(ended && (enough || entries_.size() >= portion_end));
    });
    if (!read) return tl::unexpected{std::move(read.error())};
    if (entries_.empty())
        return tl::unexpected{error{errc::not_found, "the journal has no entry after the checkpoint", 0}};
    if (!ended)
        return tl::unexpected{error{errc::chain_broken, "the journal ends within a batch", entries_.back().position}};
    is_read_ = enough || stand_.at.end.last >= until_;
    return false;
}

// One big sort a piece: of 100,000 each takes some milliseconds, in which others get the core as well.
bool checkpoint_round::arrange_some() {
    switch (arranged_++) {
    case 0: sort(wallets_, way_); return false;
    case 1: sort(merchants_, way_); return false;
    case 2: state_.idempotency().begin(std::move(idempotency_), way_); return false;
    case 3: state_.reference().begin(std::move(references_), way_); return false;
    default: break;
    }
    sort(campaigns_, way_);
    sort(partners_, way_);
    sort(follow_ups_, way_);
    sort(certificates_, way_);
    sort(my_keys_, way_);
    sort(passwords_, way_);
    sort(purchases_, way_);
    sort(credentials_, way_);
    sort(booked_, way_);
    booked_.erase(std::unique(booked_.begin(), booked_.end()), booked_.end());
    phase_ = phase::wallets;
    return true;
}

void checkpoint_round::take(ledger::entry&& one) {
    const auto number = static_cast<std::uint32_t>(entries_.size());
    if (one.wallet) wallets_.push_back({one.wallet.value(), number});
    if (one.merchant) merchants_.push_back({one.merchant.value(), number});
    if (const auto campaign = ledger::campaign_of(one); campaign.proposal != 0)
        campaigns_.push_back({campaign.proposal, number});
    if (const auto partner = ledger::partner_changed_by(one)) partners_.push_back({partner.value(), number});
    if (ledger::concerns_registry(one)) registry_.push_back(number);
    for (const index_key& key : index_keys_of(one, keys_)) {
        if (key.kind == index_kind::idempotency)
            idempotency_.push_back({key.digest, one.position});
        else if (key.kind == index_kind::reference)
            references_.push_back({key.digest, one.position});
        else if (key.kind == index_kind::follow_up)
            follow_ups_.push_back({std::get<ledger::payment_changed>(one.what).after->position, number});
        else if (key.kind == index_kind::act)
            acts_.push_back(one.position);
        else if (key.kind == index_kind::certificate)
            certificates_.push_back(
                {std::get<ledger::terminal_certificates_changed>(one.what).terminal.value(), number});
        else if (key.kind == index_kind::my_key)
            my_keys_.push_back({key.digest.low, number});
        else if (key.kind == index_kind::password)
            passwords_.push_back({key.digest.low, number});
        else if (key.kind == index_kind::purchase)
            purchases_.push_back({key.digest.low, number});
        else
            credentials_.push_back({key, number});
    }
    ledger::for_each_posting(one, [this](const ledger::posting& posted) {
        if (booked_.empty() || booked_.back() != posted.program) booked_.push_back(posted.program);
    });
    ledger::apply(stand_.books, one);
    apply(stand_.at.ids, one);
    entries_.push_back(std::move(one));
    way_.step();
}

tl::expected<bool, error> checkpoint_round::write(std::size_t slice_puts_max, std::size_t puts_max) {
    EXPECTS(is_gathered() && puts_max > 0);
    if (!slice_) {
        auto begun = state_.begin_write();
        if (!begun) return tl::unexpected{std::move(begun.error())};
        slice_.emplace(std::move(*begun));
        slice_left_ = slice_puts_max;
    }
    const std::size_t allowed = std::min(puts_max, slice_left_);
    slice_budget budget{allowed};
    while (phase_ != phase::written && !budget.spent()) {
        auto whole = write_phase(*slice_, budget);
        if (!whole) return whole;
        if (!*whole) break;
        phase_ = static_cast<phase>(static_cast<int>(phase_) + 1);
        next_ = 0;
    }
    slice_left_ -= allowed - budget.puts;
    puts_ += allowed - budget.puts;
    if (slice_left_ > 0 && phase_ != phase::written) return false;
    auto committed = std::move(*slice_).commit();
    slice_.reset();
    if (!committed) return tl::unexpected{std::move(committed.error())};
    return phase_ == phase::written;
}

tl::expected<bool, error> checkpoint_round::write_phase(lmdb::write_transaction& within, slice_budget& budget) {
    switch (phase_) {
    case phase::wallets: return write_wallets(within, budget);
    case phase::merchants: return write_merchants(within, budget);
    case phase::campaigns: return write_campaigns(within, budget);
    case phase::partners: return write_partners(within, budget);
    case phase::follow_ups: return write_newest(follow_ups_, state_.databases().follow_ups, within, budget);
    case phase::certificates: return write_newest(certificates_, state_.databases().certificates, within, budget);
    case phase::my_keys: return write_newest(my_keys_, state_.databases().my_keys, within, budget);
    case phase::passwords:
        if (!passwords_.empty())
            if (auto noted = state_.note_format(within); !noted) return tl::unexpected{std::move(noted.error())};
        return write_newest(passwords_, state_.databases().passwords, within, budget);
    case phase::purchases: return write_newest(purchases_, state_.databases().purchases, within, budget);
    case phase::credentials: return write_credentials(within, budget);
    case phase::idempotency: return state_.idempotency().write_some(within, budget);
    case phase::references: return state_.reference().write_some(within, budget);
    case phase::acts: return write_acts(within, budget);
    case phase::last: return write_last(within, budget);
    case phase::gathering:
    case phase::written: break;
    }
    return true;
}

// One record a time, with all that the round has for it.
template <class WriteOne>
tl::expected<bool, error> checkpoint_round::write_each(std::span<const concern> all, slice_budget& budget,
                                                       WriteOne write_one) {
    while (next_ < all.size()) {
        if (budget.spent()) return false;
        std::size_t end = next_ + 1;
        while (end < all.size() && all[end].id == all[next_].id) ++end;
        tl::expected<void, error> wrote = write_one(all.subspan(next_, end - next_));
        if (!wrote) return tl::unexpected{std::move(wrote.error())};
        budget.take(1);
        way_.step();
        next_ = end;
    }
    return true;
}

tl::expected<bool, error> checkpoint_round::write_wallets(lmdb::write_transaction& within, slice_budget& budget) {
    return write_each(wallets_, budget, [&](std::span<const concern> of) { return write_wallet(within, of); });
}

tl::expected<bool, error> checkpoint_round::write_merchants(lmdb::write_transaction& within, slice_budget& budget) {
    return write_each(merchants_, budget, [&](std::span<const concern> of) { return write_merchant(within, of); });
}

tl::expected<bool, error> checkpoint_round::write_campaigns(lmdb::write_transaction& within, slice_budget& budget) {
    return write_each(campaigns_, budget, [&](std::span<const concern> of) { return write_campaign(within, of); });
}

tl::expected<bool, error> checkpoint_round::write_partners(lmdb::write_transaction& within, slice_budget& budget) {
    return write_each(partners_, budget, [&](std::span<const concern> of) { return write_partner(within, of); });
}

tl::expected<void, error> checkpoint_round::write_wallet(lmdb::write_transaction& within, std::span<const concern> of) {
    const ledger::wallet_id id{of.front().id};
    auto stored = get_wallet(within, state_.databases(), id);
    if (!stored) return tl::unexpected{std::move(stored.error())};
    ledger::wallet wallet = std::move(*stored).value_or(ledger::wallet{});
    const auto due_before = next_due(wallet);
    for (const concern& one : of) {
        const ledger::entry& entry = entries_[one.entry];
        way_.step();
        if (entry.position <= wallet.last_position) continue; // by an earlier round that a crash ended
        if (entry.wallet_sequence != wallet.sequence + 1)
            return tl::unexpected{does_not_follow("wallet " + std::to_string(id.value()), entry)};
        ledger::apply(wallet, entry);
    }
    if (auto moved = move_due(within, id, due_before, next_due(wallet)); !moved) return moved;
    encode(value_, wallet);
    if (has_earmarks(wallet))
        if (auto noted = state_.note_format(within); !noted) return noted;
    const lmdb::integer_key key{id.value()};
    return within.put(state_.databases().wallets, key.view(), value_);
}

// In the wallet's own transaction, so that the two never disagree.
tl::expected<void, error> checkpoint_round::move_due(lmdb::write_transaction& within, ledger::wallet_id wallet,
                                                     std::optional<ledger::instant> before,
                                                     std::optional<ledger::instant> after) {
    if (before == after) return {};
    if (before) {
        set_due_key(key_, {*before, wallet});
        if (auto erased = within.erase(state_.databases().due, key_); !erased)
            return tl::unexpected{std::move(erased.error())};
    }
    if (!after) return {};
    set_due_key(key_, {*after, wallet});
    return within.put(state_.databases().due, key_, {});
}

tl::expected<bool, error> checkpoint_round::write_newest(std::span<const concern> all, lmdb::database into,
                                                         lmdb::write_transaction& within, slice_budget& budget) {
    return write_each(all, budget, [&](std::span<const concern> of) {
        encode_follow_up(value_, entries_[of.back().entry].position);
        const lmdb::integer_key key{of.front().id};
        return within.put(into, key.view(), value_);
    });
}

tl::expected<void, error> checkpoint_round::write_merchant(lmdb::write_transaction& within,
                                                           std::span<const concern> of) {
    const ledger::merchant_id id{of.front().id};
    auto stored = get_merchant(within, state_.databases(), id);
    if (!stored) return tl::unexpected{std::move(stored.error())};
    ledger::merchant merchant = std::move(*stored).value_or(ledger::merchant{});
    for (const concern& one : of) {
        const ledger::entry& entry = entries_[one.entry];
        way_.step();
        if (entry.position <= merchant.last_position) continue;
        if (merchant.terms == nullptr && !ledger::merchant_joined_by(entry.what))
            return tl::unexpected{does_not_follow("merchant " + std::to_string(id.value()), entry)};
        ledger::apply(merchant, entry);
    }
    encode(value_, merchant);
    if (merchant.activations_issued > 0 || !merchant.terms->categories.empty())
        if (auto noted = state_.note_format(within); !noted) return noted;
    const lmdb::integer_key key{id.value()};
    return within.put(state_.databases().merchants, key.view(), value_);
}

tl::expected<void, error> checkpoint_round::write_campaign(lmdb::write_transaction& within,
                                                           std::span<const concern> of) {
    const auto key = ledger::campaign_of(entries_[of.front().entry]);
    auto stored = get_campaign(within, state_.databases(), key);
    if (!stored) return tl::unexpected{std::move(stored.error())};
    ledger::campaign campaign = std::move(*stored).value_or(ledger::campaign{});
    for (const concern& one : of) {
        const ledger::entry& entry = entries_[one.entry];
        way_.step();
        if (entry.position <= campaign.last_position) continue;
        if (!ledger::follows(campaign, entry))
            return tl::unexpected{does_not_follow("campaign " + std::to_string(key.proposal), entry)};
        ledger::apply(campaign, entry);
    }
    encode(value_, campaign);
    set_campaign_key(key_, key);
    const bool is_plain = campaign.files.empty() && !campaign.has_benefits();
    auto noted = is_plain ? state_.note_campaigns(within) : state_.note_format(within);
    return noted.and_then([&] { return within.put(state_.databases().campaigns, key_, value_); });
}

tl::expected<void, error> checkpoint_round::write_partner(lmdb::write_transaction& within,
                                                          std::span<const concern> of) {
    const ledger::partner_id id{of.front().id};
    auto stored = get_partner(within, state_.databases(), id);
    if (!stored) return tl::unexpected{std::move(stored.error())};
    ledger::partner partner = std::move(*stored).value_or(ledger::partner{});
    for (const concern& one : of) {
        const ledger::entry& entry = entries_[one.entry];
        way_.step();
        if (entry.position <= partner.last_position) continue;
        if (!ledger::follows(partner, entry))
            return tl::unexpected{does_not_follow("partner " + std::to_string(id.value()), entry)};
        ledger::apply(partner, entry);
    }
    encode(value_, partner);
    const lmdb::integer_key key{id.value()};
    return state_.note_format(within).and_then(
        [&] { return within.put(state_.databases().partners, key.view(), value_); });
}

tl::expected<bool, error> checkpoint_round::write_credentials(lmdb::write_transaction& within, slice_budget& budget) {
    for (; next_ < credentials_.size(); ++next_) {
        if (budget.spent()) return false;
        if (auto wrote = write_credential(within, credentials_[next_]); !wrote)
            return tl::unexpected{std::move(wrote.error())};
        budget.take(1);
    }
    return true;
}

tl::expected<void, error> checkpoint_round::write_credential(lmdb::write_transaction& within, const credential& one) {
    const ledger::entry& entry = entries_[one.entry];
    if (one.key.kind == index_kind::holder) {
        const auto changed = changed_keys_of(entry);
        set_holder_key(key_, changed.holder);
        encode(value_, *changed.after, entry.position);
        return state_.note_keys(within).and_then([&] { return within.put(state_.databases().keys, key_, value_); });
    }
    if (is_of_conversions(one.key.kind)) {
        const bool is_of_list = one.key.kind == index_kind::conversion_list;
        set_conversion_key(key_, one.key.kind,
                           is_of_list ? ledger::digest128{one.key.digest.low, entry.position} : one.key.digest);
        encode_follow_up(value_, entry.position);
        return within.put(state_.databases().conversions, key_, value_);
    }
    set_digest_key(key_, one.key.digest);
    if (one.key.kind == index_kind::joining) {
        encode_follow_up(value_, entry.position);
        return state_.note_format(within).and_then(
            [&] { return within.put(state_.databases().joinings, key_, value_); });
    }
    if (one.key.kind == index_kind::occasion) {
        encode_follow_up(value_, entry.position);
        return within.put(state_.databases().occasions, key_, value_);
    }
    if (one.key.kind == index_kind::purchaser) {
        encode_follow_up(value_, entry.position);
        return state_.note_format(within).and_then(
            [&] { return within.put(state_.databases().purchasers, key_, value_); });
    }
    if (one.key.kind == index_kind::transfer) return write_transfer(within, entry);
    if (const auto code = known_code_of(entry)) {
        encode(value_, *code, entry.position);
        return within.put(state_.databases().codes, key_, value_);
    }
    const auto owner = bearer_owner_of(entry);
    EXPECTS(owner.has_value());
    encode(value_, *owner, entry.position);
    return within.put(state_.databases().bearers, key_, value_);
}

// The line that is taken for ever and, of money that paid nothing when it came, whether it waits. Its key is set.
tl::expected<void, error> checkpoint_round::write_transfer(lmdb::write_transaction& within, const ledger::entry& one) {
    encode_follow_up(value_, one.position);
    auto wrote =
        state_.note_format(within).and_then([&] { return within.put(state_.databases().transfers, key_, value_); });
    const auto transfer = ledger::transfer_in(one);
    EXPECTS(transfer.has_value());
    if (!wrote || transfer->status == ledger::transfer_status::matched) return wrote;
    set_campaign_key(key_, {transfer->program, transfer->position});
    encode(value_, unmatched_record{one.position, ledger::is_open(transfer->status)});
    return within.put(state_.databases().unmatched, key_, value_);
}

tl::expected<bool, error> checkpoint_round::write_acts(lmdb::write_transaction& within, slice_budget& budget) {
    for (; next_ < acts_.size(); ++next_) {
        if (budget.spent()) return false;
        if (auto put = put_act(within, state_.databases(), acts_[next_]); !put)
            return tl::unexpected{std::move(put.error())};
        budget.take(1);
    }
    return true;
}

// Only where the index is complete so far: a program that knows nothing of it may have written the rounds before.
tl::expected<void, error> checkpoint_round::note_acts(lmdb::write_transaction& within) {
    const auto complete_to = get_acts_complete_to(within, state_.databases());
    if (!complete_to) return tl::unexpected{complete_to.error()};
    if (*complete_to != begins_at_) return {};
    return put_acts_complete_to(within, state_.databases(), stand_.at.end.last);
}

tl::expected<bool, error> checkpoint_round::write_last(lmdb::write_transaction& within, slice_budget& budget) {
    auto wrote = write_registry(within)
                     .and_then([&] { return write_books(within); })
                     .and_then([&] { return state_.idempotency().record(within); })
                     .and_then([&] { return state_.reference().record(within); })
                     .and_then([&] { return note_acts(within); });
    if (!wrote) return tl::unexpected{std::move(wrote.error())};
    budget.take(booked_.size() + registry_.size() + 5);
    encode(value_, stand_.at);
    wrote = within.put(state_.databases().meta, bytes_of(checkpoint_key), value_);
    if (!wrote) return tl::unexpected{std::move(wrote.error())};
    return true;
}

tl::expected<void, error> checkpoint_round::write_registry(lmdb::write_transaction& within) {
    if (registry_.empty()) return {};
    const auto& databases = state_.databases();
    auto registry = get_registry(within, databases);
    if (!registry) return tl::unexpected{std::move(registry.error())};
    for (const auto number : registry_) {
        const ledger::entry& entry = entries_[number];
        const std::size_t parties_before = registry->parties.size();
        ledger::apply(*registry, entry);
        if (registry->parties.size() > parties_before) {
            const ledger::party& added = registry->parties.back();
            set_party_key(key_, added.kind, added.id);
            encode(value_, added, entry.position);
            if (auto put = within.put(databases.parties, key_, value_); !put) return put;
        }
        const auto changed = changed_program_of(entry);
        if (!changed) continue;
        const ledger::program& program = *registry->programs.find(*changed);
        if (program.sale)
            if (auto noted = state_.note_format(within); !noted) return noted;
        encode(value_, program, entry.position);
        const lmdb::integer_key key{changed->number()};
        if (auto put = within.put(databases.programs, key.view(), value_); !put) return put;
    }
    stand_.at.ledger = registry->ledger;
    stand_.at.for_tests = registry->for_tests;
    stand_.at.programs_version = registry->programs.version;
    stand_.at.epochs = registry->epochs;
    stand_.at.registry_position = registry->last_position;
    return {};
}

tl::expected<void, error> checkpoint_round::write_books(lmdb::write_transaction& within) {
    for (const auto code : booked_) {
        encode(value_, stand_.books.of(code));
        const lmdb::integer_key key{code.number()};
        if (auto put = within.put(state_.databases().books, key.view(), value_); !put) return put;
    }
    encode(value_, stand_.books.payments_by_outcome);
    return within.put(state_.databases().meta, bytes_of(outcomes_key), value_);
}

} // namespace meguri::storage
