// Purchases and transfers in the state store, beside what the replay of `meguri verify` says of them.
#include "storage/verify_records.hpp"
#include "storage/verify_state.hpp"

#include <string>

namespace meguri::storage {

using ledger::journal_position;

tl::expected<void, error> verify_state::compare_purchases(const verify_replay& replay, lmdb::transaction& within) {
    const auto& known = replay.purchases();
    const auto newest_of = [&known](std::uint64_t reference) {
        const auto found = known.purchases().find(reference);
        return found != known.purchases().end() ? found->second.position : journal_position{0};
    };
    const auto& stored = state_.databases();
    return compare_newest(rule::state_purchases, within, stored.purchases, purchases_ahead_, "purchase number",
                          known.purchases().size(), newest_of)
        .and_then([&] { return compare_by_digest(known.purchasers(), within, stored.purchasers, purchasers_ahead_); })
        .and_then([&] { return compare_by_digest(known.transfers(), within, stored.transfers, transfers_ahead_); })
        .and_then([&] { return compare_unmatched(replay, within); });
}

tl::expected<void, error> verify_state::compare_by_digest(const verify_purchases::newest_by_digest& replayed,
                                                          lmdb::transaction& within, lmdb::database of, ahead& later) {
    record_buffer key;
    std::size_t known = 0;
    for (const auto& [digest, newest] : replayed) {
        set_digest_key(key, digest);
        auto stored = within.get(of, key);
        if (!stored) return tl::unexpected{std::move(stored.error())};
        known += stored->has_value();
        const auto told = *stored ? decode_follow_up(**stored) : std::nullopt;
        if (told && *told > at_.end.last) continue; // below, with those that are not known yet
        tally_.check(rule::state_purchases, told == newest, [at = newest] { return "entry " + std::to_string(at); });
    }
    std::size_t ahead_of_replay = 0;
    std::size_t all = 0;
    auto read = for_each_record(within, of, [&](const lmdb::record& one) {
        ++all;
        const auto told = decode_follow_up(one.value);
        if (!told || *told <= at_.end.last) return;
        later.emplace(*told, copy_of(one.value));
        ++ahead_of_replay;
    });
    if (!read) return read;
    tally_.check(rule::state_purchases, known == replayed.size() && all <= known + ahead_of_replay,
                 [&] { return std::to_string(all) + " records, " + std::to_string(replayed.size()) + " expected"; });
    return {};
}

tl::expected<void, error> verify_state::compare_unmatched(const verify_replay& replay, lmdb::transaction& within) {
    const auto& replayed = replay.purchases().unmatched();
    std::size_t known = 0;
    auto read = for_each_record(within, state_.databases().unmatched, [&](const lmdb::record& one) {
        const auto key = campaign_ref_of(one.key).value_or(ledger::campaign_ref{});
        const auto stored = decode_unmatched(one.value);
        const auto found = replayed.find({key.program, key.proposal});
        known += found != replayed.end();
        if (stored && stored->newest > at_.end.last) {
            unmatched_ahead_.emplace(stored->newest, copy_of(one.value));
            return;
        }
        tally_.check(rule::state_purchases, found != replayed.end() && stored == found->second,
                     [&] { return "unmatched transfer of entry " + std::to_string(key.proposal); });
    });
    if (!read) return read;
    tally_.check(rule::state_purchases, known == replayed.size(),
                 [&] { return std::to_string(replayed.size() - known) + " unmatched transfers are not stored"; });
    return {};
}

void verify_state::compare_purchases_ahead(const ledger::entry& one) {
    encode_follow_up(expected_, one.position);
    if (ledger::purchase_in(one)) compare_taken(rule::state_purchases, purchases_ahead_, one.position);
    const auto* const changed = std::get_if<ledger::purchase_changed>(&one.what);
    if (changed != nullptr && ledger::changes_usage(changed->step))
        compare_taken(rule::state_purchases, purchasers_ahead_, one.position);
    const auto transfer = ledger::transfer_in(one);
    if (!transfer) return;
    compare_taken(rule::state_purchases, transfers_ahead_, one.position);
    if (transfer->status == ledger::transfer_status::matched) return;
    encode(expected_, unmatched_record{one.position, ledger::is_open(transfer->status)});
    compare_taken(rule::state_purchases, unmatched_ahead_, one.position);
}

} // namespace meguri::storage
