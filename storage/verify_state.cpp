#include "storage/verify_state.hpp"

#include "storage/act_index.hpp"
#include "storage/record_bytes.hpp"
#include "storage/verify_records.hpp"

#include <algorithm>
#include <string>

namespace meguri::storage {
namespace {

using ledger::journal_position;

bool same(bytes a, bytes b) { return std::ranges::equal(a, b); }

} // namespace

tl::expected<void, error> verify_state::open() {
    auto within = state_.begin_read();
    if (!within) return tl::unexpected{std::move(within.error())};
    return get_checkpoint(*within, state_.databases()).map([this](const std::optional<checkpoint>& found) {
        at_ = found.value_or(checkpoint{});
    });
}

tl::expected<void, error> verify_state::compare(const verify_replay& replay, const chain_end& end) {
    auto within = state_.begin_read();
    if (!within) return tl::unexpected{std::move(within.error())};
    compare_checkpoint(replay, end);
    return compare_wallets(replay, *within)
        .and_then([&] { return compare_merchants(replay, *within); })
        .and_then([&] { return compare_follow_ups(replay, *within); })
        .and_then([&] { return compare_certificates(replay, *within); })
        .and_then([&] { return compare_campaigns(replay, *within); })
        .and_then([&] { return compare_occasions(replay, *within); })
        .and_then([&] { return compare_partners(replay, *within); })
        .and_then([&] { return compare_conversions(replay, *within); })
        .and_then([&] { return compare_joinings(replay, *within); })
        .and_then([&] { return compare_my_keys(replay, *within); })
        .and_then([&] { return compare_passwords(replay, *within); })
        .and_then([&] { return compare_purchases(replay, *within); })
        .and_then([&] { return compare_due(*within); })
        .and_then([&] { return compare_registry(replay, *within); })
        .and_then([&] { return compare_books(replay, *within); })
        .and_then([&] { return compare_credentials(replay, *within); })
        .and_then([&] { return compare_keys(replay, *within); })
        .and_then([&] { return compare_acts(replay, *within); })
        .and_then(
            [&] { return compare_runs(rule::index_idempotency, state_.idempotency(), replay.idempotency(), *within); })
        .and_then(
            [&] { return compare_runs(rule::index_reference, state_.reference(), replay.references(), *within); });
}

void verify_state::compare_checkpoint(const verify_replay& replay, const chain_end& end) {
    const auto& registry = replay.registry();
    const checkpoint expected{
        end,          registry.ledger, registry.for_tests, registry.programs.version, registry.last_position,
        replay.ids(), registry.epochs};
    tally_.check(rule::state_checkpoint, at_ == expected, [&] { return "at entry " + std::to_string(end.last); });
}

tl::expected<void, error> verify_state::compare_wallets(const verify_replay& replay, lmdb::transaction& within) {
    std::size_t known = 0;
    auto read = for_each_record(within, state_.databases().wallets, [&](const lmdb::record& one) {
        const ledger::wallet_id id{lmdb::integer_key::from(one.key).value_or(0)};
        const auto name = [id] { return "wallet " + std::to_string(id.value()); };
        const auto stored = decode_wallet(one.value, id);
        const auto replayed = replay.wallets().find(id);
        known += replayed != replay.wallets().end();
        if (stored && stored->last_position > at_.end.last) {
            wallets_ahead_.emplace(stored->last_position, copy_of(one.value));
            return;
        }
        if (replayed == replay.wallets().end()) return tally_.violated(rule::state_wallets, name());
        encode(expected_, replayed->second.wallet);
        tally_.check(rule::state_wallets, same(expected_, one.value), name);
    });
    if (!read) return read;
    tally_.check(rule::state_wallets, known == replay.wallets().size(),
                 [&] { return std::to_string(replay.wallets().size() - known) + " wallets are not stored"; });
    return {};
}

tl::expected<void, error> verify_state::compare_merchants(const verify_replay& replay, lmdb::transaction& within) {
    std::size_t known = 0;
    auto read = for_each_record(within, state_.databases().merchants, [&](const lmdb::record& one) {
        const ledger::merchant_id id{lmdb::integer_key::from(one.key).value_or(0)};
        const auto name = [id] { return "merchant " + std::to_string(id.value()); };
        const auto stored = decode_merchant(one.value, id);
        const auto replayed = replay.merchants().find(id);
        known += replayed != replay.merchants().end();
        if (stored && stored->last_position > at_.end.last) {
            merchants_ahead_.emplace(stored->last_position, copy_of(one.value));
            return;
        }
        if (replayed == replay.merchants().end() || replayed->second.merchant.terms == nullptr)
            return tally_.violated(rule::state_merchants, name());
        encode(expected_, replayed->second.merchant);
        tally_.check(rule::state_merchants, same(expected_, one.value), name);
    });
    if (!read) return read;
    tally_.check(rule::state_merchants, known == replay.merchants().size(),
                 [&] { return std::to_string(replay.merchants().size() - known) + " merchants are not stored"; });
    return {};
}

tl::expected<void, error> verify_state::compare_newest(rule which, lmdb::transaction& within, lmdb::database of,
                                                       ahead& later, const char* what, std::size_t expected,
                                                       const newest_by_id& newest_of) {
    std::size_t known = 0;
    auto read = for_each_record(within, of, [&](const lmdb::record& one) {
        const std::uint64_t id = lmdb::integer_key::from(one.key).value_or(0);
        const auto name = [what, id] { return what + (' ' + std::to_string(id)); };
        const auto stored = decode_follow_up(one.value);
        const journal_position newest = newest_of(id);
        known += newest != 0;
        if (stored && *stored > at_.end.last) {
            later.emplace(*stored, copy_of(one.value));
            return;
        }
        if (newest == 0) return tally_.violated(which, name());
        encode_follow_up(expected_, newest);
        tally_.check(which, same(expected_, one.value), name);
    });
    if (!read) return read;
    tally_.check(which, known == expected,
                 [&] { return std::to_string(expected - known) + " of the records are not stored"; });
    return {};
}

tl::expected<void, error> verify_state::compare_follow_ups(const verify_replay& replay, lmdb::transaction& within) {
    return compare_newest(rule::state_follow_ups, within, state_.databases().follow_ups, follow_ups_ahead_,
                          "payment of entry", replay.steps().size(), [&replay](journal_position payment) {
                              const auto found = replay.steps().find(payment);
                              return found != replay.steps().end() ? found->second.position : journal_position{0};
                          });
}

tl::expected<void, error> verify_state::compare_certificates(const verify_replay& replay, lmdb::transaction& within) {
    return compare_newest(rule::state_certificates, within, state_.databases().certificates, certificates_ahead_,
                          "terminal", replay.certificates().size(), [&replay](std::uint64_t terminal) {
                              const auto found = replay.certificates().find(terminal);
                              return found != replay.certificates().end() ? found->second : journal_position{0};
                          });
}

tl::expected<void, error> verify_state::compare_campaigns(const verify_replay& replay, lmdb::transaction& within) {
    std::size_t known = 0;
    auto read = for_each_record(within, state_.databases().campaigns, [&](const lmdb::record& one) {
        const auto key = campaign_ref_of(one.key).value_or(ledger::campaign_ref{});
        const auto name = [&key] { return "campaign " + std::to_string(key.proposal); };
        const auto stored = decode_campaign(one.value, key);
        const auto replayed = replay.campaigns().find(key.proposal);
        known += replayed != replay.campaigns().end();
        if (stored && stored->last_position > at_.end.last) {
            campaigns_ahead_.emplace(stored->last_position, copy_of(one.value));
            return;
        }
        if (replayed == replay.campaigns().end() || replayed->second.campaign.program != key.program)
            return tally_.violated(rule::state_campaigns, name());
        encode(expected_, replayed->second.campaign);
        tally_.check(rule::state_campaigns, same(expected_, one.value), name);
    });
    if (!read) return read;
    tally_.check(rule::state_campaigns, known == replay.campaigns().size(),
                 [&] { return std::to_string(replay.campaigns().size() - known) + " campaigns are not stored"; });
    return {};
}

tl::expected<void, error> verify_state::compare_occasions(const verify_replay& replay, lmdb::transaction& within) {
    const auto& database = state_.databases().occasions;
    record_buffer key;
    for (const auto& [digest, position] : replay.occasions()) {
        encode_follow_up(expected_, position);
        set_digest_key(key, digest);
        auto done = compare_record(rule::state_occasions, within, database, key, "grant " + std::to_string(position));
        if (!done) return done;
    }
    std::size_t later = 0;
    auto read = for_each_record(within, database, [&](const lmdb::record& one) {
        const auto stored = decode_follow_up(one.value);
        if (!stored || *stored <= at_.end.last) return;
        occasions_ahead_.emplace(*stored, copy_of(one.value));
        ++later;
    });
    if (!read) return read;
    return compare_count(rule::state_occasions, within, database, replay.occasions().size() + later);
}

tl::expected<void, error> verify_state::compare_partners(const verify_replay& replay, lmdb::transaction& within) {
    std::size_t known = 0;
    auto read = for_each_record(within, state_.databases().partners, [&](const lmdb::record& one) {
        const ledger::partner_id id{lmdb::integer_key::from(one.key).value_or(0)};
        const auto name = [id] { return "partner " + std::to_string(id.value()); };
        const auto stored = decode_partner(one.value, id);
        const auto replayed = replay.partners().find(id);
        known += replayed != replay.partners().end();
        if (stored && stored->last_position > at_.end.last) {
            partners_ahead_.emplace(stored->last_position, copy_of(one.value));
            return;
        }
        if (replayed == replay.partners().end()) return tally_.violated(rule::state_conversions, name());
        encode(expected_, replayed->second);
        tally_.check(rule::state_conversions, same(expected_, one.value), name);
    });
    if (!read) return read;
    tally_.check(rule::state_conversions, known == replay.partners().size(),
                 [&] { return std::to_string(replay.partners().size() - known) + " partners are not stored"; });
    return {};
}

tl::expected<void, error> verify_state::compare_conversions(const verify_replay& replay, lmdb::transaction& within) {
    std::size_t known = 0;
    auto read = for_each_record(within, state_.databases().conversions, [&](const lmdb::record& one) {
        const auto key = conversion_key_of(one.key).value_or(conversion_key{});
        const auto stored = decode_follow_up(one.value);
        const auto name = [&] { return "of entry " + std::to_string(stored.value_or(0)); };
        const auto replayed = replay.conversions().find({key.kind, key.digest});
        known += replayed != replay.conversions().end();
        if (stored && *stored > at_.end.last) {
            encode_follow_up(expected_, *stored);
            tally_.check(rule::state_conversions, same(expected_, one.value), name);
            conversions_ahead_.emplace(*stored, key);
            return;
        }
        if (replayed == replay.conversions().end()) return tally_.violated(rule::state_conversions, name());
        encode_follow_up(expected_, replayed->second);
        tally_.check(rule::state_conversions, same(expected_, one.value), name);
    });
    if (!read) return read;
    tally_.check(rule::state_conversions, known == replay.conversions().size(), [&] {
        return std::to_string(replay.conversions().size() - known) + " of the conversions' keys are not stored";
    });
    return {};
}

tl::expected<void, error> verify_state::compare_joinings(const verify_replay& replay, lmdb::transaction& within) {
    std::size_t known = 0;
    auto read = for_each_record(within, state_.databases().joinings, [&](const lmdb::record& one) {
        const auto digest = digest_of_key(one.key).value_or(ledger::digest128{});
        const auto name = [&digest] { return "what joins under digest " + std::to_string(digest.high); };
        const auto stored = decode_follow_up(one.value);
        const auto replayed = replay.joinings().find(digest);
        known += replayed != replay.joinings().end();
        if (stored && *stored > at_.end.last) {
            joinings_ahead_.emplace(*stored, copy_of(one.value));
            return;
        }
        if (replayed == replay.joinings().end()) return tally_.violated(rule::state_joinings, name());
        encode_follow_up(expected_, replayed->second);
        tally_.check(rule::state_joinings, same(expected_, one.value), name);
    });
    if (!read) return read;
    tally_.check(rule::state_joinings, known == replay.joinings().size(),
                 [&] { return std::to_string(replay.joinings().size() - known) + " of the records are not stored"; });
    return {};
}

tl::expected<void, error> verify_state::compare_my_keys(const verify_replay& replay, lmdb::transaction& within) {
    return compare_newest(rule::state_my_keys, within, state_.databases().my_keys, my_keys_ahead_, "MyKey ID number",
                          replay.my_keys().size(), [&replay](std::uint64_t id) {
                              const auto found = replay.my_keys().find(id);
                              return found != replay.my_keys().end() ? found->second : journal_position{0};
                          });
}

tl::expected<void, error> verify_state::compare_passwords(const verify_replay& replay, lmdb::transaction& within) {
    return compare_newest(rule::state_passwords, within, state_.databases().passwords, passwords_ahead_, "wallet",
                          replay.passwords().size(), [&replay](std::uint64_t wallet) {
                              const auto found = replay.passwords().find(wallet);
                              return found != replay.passwords().end() ? found->second : journal_position{0};
                          });
}

// Written together with the wallets: whatever they are, what is due follows from them.
tl::expected<void, error> verify_state::compare_due(lmdb::transaction& within) {
    std::vector<due_wallet> expected;
    auto read = for_each_record(within, state_.databases().wallets, [&](const lmdb::record& one) {
        const ledger::wallet_id id{lmdb::integer_key::from(one.key).value_or(0)};
        const auto stored = decode_wallet(one.value, id);
        const auto next = stored ? next_due(*stored) : std::nullopt;
        if (next) expected.push_back({*next, id});
    });
    if (!read) return read;
    std::ranges::sort(expected);
    std::size_t place = 0;
    read = for_each_record(within, state_.databases().due, [&](const lmdb::record& one) {
        const bool is_next = place < expected.size() && due_wallet_of(one.key) == expected[place];
        ++place;
        tally_.check(rule::state_due, is_next, [place] { return "record " + std::to_string(place); });
    });
    if (!read) return read;
    tally_.check(rule::state_due, place == expected.size(),
                 [&] { return std::to_string(place) + " records instead of " + std::to_string(expected.size()); });
    return {};
}

// The record under the key has to be expected_.
tl::expected<void, error> verify_state::compare_record(rule which, lmdb::transaction& within, lmdb::database of,
                                                       bytes key, const std::string& name) {
    return within.get(of, key).map([&](const std::optional<bytes>& stored) {
        tally_.check(which, stored && same(*stored, expected_), [&] { return name; });
    });
}

tl::expected<void, error> verify_state::compare_count(rule which, lmdb::transaction& within, lmdb::database of,
                                                      std::size_t expected) {
    return within.count(of).map([&](std::uint64_t stored) {
        tally_.check(which, stored == expected,
                     [&] { return std::to_string(stored) + " records instead of " + std::to_string(expected); });
    });
}

tl::expected<void, error> verify_state::compare_registry(const verify_replay& replay, lmdb::transaction& within) {
    const auto& databases = state_.databases();
    const auto& registry = replay.registry();
    for (const auto& program : registry.programs.programs) {
        encode(expected_, program, replay.program_positions().at(program.code.number()));
        const lmdb::integer_key key{program.code.number()};
        auto done = compare_record(rule::state_registry, within, databases.programs, key.view(),
                                   "program " + program.code.text());
        if (!done) return done;
    }
    record_buffer key;
    for (std::size_t i = 0; i < registry.parties.size(); ++i) {
        const auto& party = registry.parties[i];
        encode(expected_, party, replay.party_positions()[i]);
        set_party_key(key, party.kind, party.id);
        auto done =
            compare_record(rule::state_registry, within, databases.parties, key, "party " + std::to_string(party.id));
        if (!done) return done;
    }
    return compare_count(rule::state_registry, within, databases.programs, registry.programs.programs.size())
        .and_then(
            [&] { return compare_count(rule::state_registry, within, databases.parties, registry.parties.size()); });
}

tl::expected<void, error> verify_state::compare_books(const verify_replay& replay, lmdb::transaction& within) {
    const auto& databases = state_.databases();
    for (const auto& one : replay.books().programs) {
        encode(expected_, one);
        const lmdb::integer_key key{one.program.number()};
        auto done =
            compare_record(rule::state_books, within, databases.books, key.view(), "program " + one.program.text());
        if (!done) return done;
    }
    encode(expected_, replay.books().payments_by_outcome);
    return compare_record(rule::state_books, within, databases.meta, bytes_of(outcomes_key), "payments by outcome")
        .and_then(
            [&] { return compare_count(rule::state_books, within, databases.books, replay.books().programs.size()); });
}

tl::expected<void, error> verify_state::compare_credentials(const verify_replay& replay, lmdb::transaction& within) {
    const auto& databases = state_.databases();
    record_buffer key;
    std::size_t codes = 0;
    for (const auto& one : replay.credentials()) {
        codes += one.code.has_value();
        one.code ? encode(expected_, *one.code, one.position) : encode(expected_, *one.owner, one.position);
        set_digest_key(key, one.key.digest);
        auto done = compare_record(rule::state_credentials, within, one.code ? databases.codes : databases.bearers, key,
                                   "of entry " + std::to_string(one.position));
        if (!done) return done;
    }
    const std::size_t before = credentials_ahead_.size();
    if (auto noted = note_credentials_ahead(databases.codes, within); !noted) return noted;
    const std::size_t codes_ahead = credentials_ahead_.size() - before;
    if (auto noted = note_credentials_ahead(databases.bearers, within); !noted) return noted;
    const std::size_t bearers_ahead = credentials_ahead_.size() - before - codes_ahead;
    return compare_count(rule::state_credentials, within, databases.codes, codes + codes_ahead).and_then([&] {
        return compare_count(rule::state_credentials, within, databases.bearers,
                             replay.credentials().size() - codes + bearers_ahead);
    });
}

tl::expected<void, error> verify_state::compare_keys(const verify_replay& replay, lmdb::transaction& within) {
    std::size_t known = 0;
    auto read = for_each_record(within, state_.databases().keys, [&](const lmdb::record& one) {
        const auto holder = holder_of(one.key);
        const auto name = [&] { return "keys of holder " + std::to_string(holder ? holder->id : 0); };
        const auto stored = decode_keys(one.value);
        const auto replayed = holder ? replay.keys().find(*holder) : replay.keys().end();
        known += replayed != replay.keys().end();
        if (stored && stored->applied > at_.end.last) {
            keys_ahead_.emplace(stored->applied, copy_of(one.value));
            return;
        }
        if (replayed == replay.keys().end()) return tally_.violated(rule::state_credentials, name());
        encode(expected_, replayed->second.keys, replayed->second.position);
        tally_.check(rule::state_credentials, same(expected_, one.value), name);
    });
    if (!read) return read;
    tally_.check(rule::state_credentials, known == replay.keys().size(),
                 [&] { return "the keys of " + std::to_string(replay.keys().size() - known) + " are not stored"; });
    return {};
}

// So far as it says that it is complete; what it knows beyond that has to be right.
tl::expected<void, error> verify_state::compare_acts(const verify_replay& replay, lmdb::transaction& within) {
    const auto complete_to = get_acts_complete_to(within, state_.databases());
    if (!complete_to) return tl::unexpected{complete_to.error()};
    std::vector<journal_position> stored;
    auto read = for_each_record(within, state_.databases().acts, [&](const lmdb::record& one) {
        const journal_position act = lmdb::integer_key::from(one.key).value_or(0);
        (act <= *complete_to ? stored : acts_ahead_).push_back(act);
    });
    if (!read) return read;
    const auto& acts = replay.acts();
    const auto end = std::ranges::upper_bound(acts, *complete_to);
    tally_.check(rule::state_acts, std::equal(stored.begin(), stored.end(), acts.begin(), end), [&] {
        return std::to_string(stored.size()) + " acts instead of " + std::to_string(end - acts.begin());
    });
    tally_.check(rule::state_acts, *complete_to <= at_.end.last,
                 [&] { return "it says to know entry " + std::to_string(*complete_to); });
    return {};
}

tl::expected<void, error> verify_state::note_credentials_ahead(lmdb::database of, lmdb::transaction& within) {
    return for_each_record(within, of, [this](const lmdb::record& one) {
        const auto code = decode_code(one.value);
        const auto bearer = decode_bearer(one.value);
        const journal_position position = code ? code->applied : bearer ? bearer->applied : 0;
        if (position > at_.end.last) credentials_ahead_.emplace(position, copy_of(one.value));
    });
}

void verify_state::compare_taken(rule which, ahead& from, journal_position position) {
    const auto taken = from.extract(position);
    if (!taken) return;
    tally_.check(which, same(taken.mapped(), expected_),
                 [position] { return "ahead, at entry " + std::to_string(position); });
}

void verify_state::compare_ahead(const verify_replay& replay, const ledger::entry& one) {
    if (wallets_ahead_.contains(one.position)) {
        if (const auto known = replay.wallets().find(one.wallet); known != replay.wallets().end()) {
            encode(expected_, known->second.wallet);
            compare_taken(rule::state_wallets, wallets_ahead_, one.position);
        }
    }
    if (merchants_ahead_.contains(one.position)) {
        const auto known = replay.merchants().find(one.merchant);
        if (known != replay.merchants().end() && known->second.merchant.terms != nullptr) {
            encode(expected_, known->second.merchant);
            compare_taken(rule::state_merchants, merchants_ahead_, one.position);
        }
    }
    if (campaigns_ahead_.contains(one.position)) {
        const auto known = replay.campaigns().find(ledger::campaign_of(one).proposal);
        if (known != replay.campaigns().end()) {
            encode(expected_, known->second.campaign);
            compare_taken(rule::state_campaigns, campaigns_ahead_, one.position);
        }
    }
    if (partners_ahead_.contains(one.position)) {
        const auto known = replay.partners().find(ledger::partner_changed_by(one));
        if (known != replay.partners().end()) {
            encode(expected_, known->second);
            compare_taken(rule::state_conversions, partners_ahead_, one.position);
        }
    }
    encode_follow_up(expected_, one.position);
    if (std::holds_alternative<ledger::campaign_granted>(one.what) ||
        std::holds_alternative<ledger::recipient_granted>(one.what) ||
        std::holds_alternative<ledger::benefit_granted>(one.what) ||
        std::holds_alternative<ledger::points_clawed_back>(one.what))
        compare_taken(rule::state_occasions, occasions_ahead_, one.position);
    const auto [from, to] = conversions_ahead_.equal_range(one.position);
    for (auto key = from; key != to; ++key) {
        const auto known = replay.conversions().find({key->second.kind, key->second.digest});
        tally_.check(rule::state_conversions, known != replay.conversions().end() && known->second == one.position,
                     [&] { return "ahead, at entry " + std::to_string(one.position); });
    }
    conversions_ahead_.erase(from, to);
    if (std::holds_alternative<ledger::payment_changed>(one.what))
        compare_taken(rule::state_follow_ups, follow_ups_ahead_, one.position);
    if (const auto changed = changed_keys_of(one); keys_ahead_.contains(one.position) && changed.after != nullptr) {
        encode(expected_, *changed.after, one.position);
        compare_taken(rule::state_credentials, keys_ahead_, one.position);
    }
    if (std::holds_alternative<ledger::terminal_certificates_changed>(one.what))
        compare_taken(rule::state_certificates, certificates_ahead_, one.position);
    if (joinings_ahead_.contains(one.position)) compare_taken(rule::state_joinings, joinings_ahead_, one.position);
    if (std::holds_alternative<ledger::my_key_changed>(one.what) ||
        std::holds_alternative<ledger::person_enrolled>(one.what))
        compare_taken(rule::state_my_keys, my_keys_ahead_, one.position);
    if (std::holds_alternative<ledger::password_set>(one.what))
        compare_taken(rule::state_passwords, passwords_ahead_, one.position);
    compare_purchases_ahead(one);
    if (credentials_ahead_.contains(one.position) && !replay.credentials().empty()) {
        const auto& last = replay.credentials().back();
        if (last.position != one.position) return;
        last.code ? encode(expected_, *last.code, last.position) : encode(expected_, *last.owner, last.position);
        compare_taken(rule::state_credentials, credentials_ahead_, one.position);
    }
}

void verify_state::finish(const verify_replay& replay) {
    for (const auto act : acts_ahead_)
        tally_.check(rule::state_acts, std::ranges::binary_search(replay.acts(), act),
                     [act] { return "entry " + std::to_string(act) + " is none"; });
    const auto none_left = [this](rule which, const ahead& records) {
        for (const auto& [position, record] : records)
            tally_.violated(which,
                            "a record carries entry " + std::to_string(position) + ", which does not lead to it");
    };
    none_left(rule::state_wallets, wallets_ahead_);
    none_left(rule::state_merchants, merchants_ahead_);
    none_left(rule::state_campaigns, campaigns_ahead_);
    none_left(rule::state_occasions, occasions_ahead_);
    none_left(rule::state_conversions, partners_ahead_);
    for (const auto& [position, key] : conversions_ahead_)
        tally_.violated(rule::state_conversions,
                        "a record carries entry " + std::to_string(position) + ", which does not lead to it");
    none_left(rule::state_joinings, joinings_ahead_);
    none_left(rule::state_credentials, credentials_ahead_);
    none_left(rule::state_credentials, keys_ahead_);
    none_left(rule::state_follow_ups, follow_ups_ahead_);
    none_left(rule::state_certificates, certificates_ahead_);
    none_left(rule::state_my_keys, my_keys_ahead_);
    none_left(rule::state_passwords, passwords_ahead_);
    for (const auto* const each : {&purchases_ahead_, &purchasers_ahead_, &transfers_ahead_, &unmatched_ahead_})
        none_left(rule::state_purchases, *each);
}

// Every run is in order, is as long as its record says, and its filter knows its keys; together they are the replay's.
tl::expected<void, error> verify_state::compare_runs(rule which, const index_run_store& runs,
                                                     std::vector<run_key> replayed, lmdb::transaction& within) {
    std::vector<run_key> stored;
    std::vector<run_key> block;
    record_buffer from;
    for (const auto& run : runs.board().current()->runs) {
        const auto name = [&run] { return "run " + std::to_string(run->info.number); };
        auto over = within.open_cursor(runs.databases().levels[run->info.level]);
        if (!over) return tl::unexpected{std::move(over.error())};
        from.clear();
        append_run_key(from, run->info.number, run_key{});
        const std::size_t before = stored.size();
        auto found = over->at_least(from);
        for (; found && *found && run_number_of((**found).key) == run->info.number; found = over->next()) {
            if (!tally_.check(which, decode_block((**found).value, block), name)) continue;
            const bool in_order =
                std::ranges::is_sorted(block) && (stored.size() == before || stored.back() < block.front());
            const bool known =
                std::ranges::all_of(block, [&run](const run_key& key) { return run->filter.may_contain(key.digest); });
            tally_.check(which, in_order && known, name);
            stored.insert(stored.end(), block.begin(), block.end());
        }
        if (!found) return tl::unexpected{std::move(found.error())};
        tally_.check(which, stored.size() - before == run->info.keys, name);
    }
    std::ranges::sort(stored);
    std::ranges::sort(replayed);
    tally_.check(which, stored == replayed, [&] {
        return std::to_string(stored.size()) + " keys in runs, " + std::to_string(replayed.size()) + " in the journal";
    });
    return {};
}

} // namespace meguri::storage
