#include "storage/index_run_merge.hpp"

#include "ledger/contract.hpp"
#include "storage/record_bytes.hpp"
#include "storage/state_store.hpp"

#include <numeric>

namespace meguri::storage {
namespace {

std::uint64_t keys_of(const std::vector<run_info>& runs) {
    return std::accumulate(runs.begin(), runs.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const run_info& one) { return sum + one.keys; });
}

} // namespace

index_run_merge::index_run_merge(index_kind kind, std::vector<run_info> sources, run_number number)
    : kind_{kind},
      sources_{std::move(sources)},
      target_{kind, number, static_cast<std::uint8_t>(sources_.front().level + 1), keys_of(sources_)},
      keys_expected_{keys_of(sources_)} {
    EXPECTS(target_.info().level < run_levels);
    for (const run_info& one : sources_) {
        EXPECTS(one.level == sources_.front().level && one.number < number);
        auto& at = places_.emplace_back(place{one.number, {}, 0, {}, false});
        append_run_key(at.next_block_from, one.number, run_key{});
    }
}

tl::expected<void, error> index_run_merge::refill(lmdb::cursor& source, place& one) {
    auto found = source.at_least(one.next_block_from);
    if (!found) return tl::unexpected{std::move(found.error())};
    one.next = 0;
    one.block.clear();
    one.exhausted = !*found || run_number_of((**found).key) != one.number;
    if (one.exhausted) return {};
    if (!decode_block((**found).value, one.block)) return tl::unexpected{state_damaged("an index run")};
    run_key after = one.block.back();
    ++after.position;
    one.next_block_from.clear();
    append_run_key(one.next_block_from, one.number, after);
    return {};
}

// Eight sources at most: looking at each is quicker than keeping a heap. Null when all are exhausted.
tl::expected<index_run_merge::place*, error> index_run_merge::smallest(lmdb::cursor& source) {
    place* found = nullptr;
    for (place& one : places_) {
        if (one.exhausted) continue;
        if (one.next == one.block.size()) {
            if (auto filled = refill(source, one); !filled) return tl::unexpected{std::move(filled.error())};
            if (one.exhausted) continue;
        }
        if (found == nullptr || one.block[one.next] < found->block[found->next]) found = &one;
    }
    return found;
}

tl::expected<void, error> index_run_merge::merge_keys(lmdb::cursor& source, lmdb::cursor& target,
                                                      slice_budget& budget) {
    while (!budget.spent()) {
        auto from = smallest(source);
        if (!from) return tl::unexpected{std::move(from.error())};
        if (*from == nullptr) {
            keys_done_ = true;
            if (target_.info().keys != keys_expected_) return tl::unexpected{state_damaged("an index run")};
            return target_.close(target, budget);
        }
        const run_key key = (**from).block[(**from).next++];
        if (auto added = target_.add(target, key, budget); !added) return added;
    }
    return {};
}

tl::expected<bool, error> index_run_merge::step(lmdb::write_transaction& within, lmdb::database source_level,
                                                lmdb::database target_level, lmdb::database filters,
                                                slice_budget& budget) {
    if (!keys_done_) {
        auto source = within.open_cursor(source_level);
        if (!source) return tl::unexpected{std::move(source.error())};
        auto target = within.open_cursor(target_level);
        if (!target) return tl::unexpected{std::move(target.error())};
        if (auto merged = merge_keys(*source, *target, budget); !merged)
            return tl::unexpected{std::move(merged.error())};
    }
    if (!keys_done_) return false;
    return target_.write_filter(within, filters, budget);
}

tl::expected<void, error> index_run_merge::record(lmdb::write_transaction& within, lmdb::database runs) {
    record_buffer key;
    for (const run_info& one : sources_) {
        set_run_record_key(key, kind_, one.number);
        if (auto erased = within.erase(runs, key); !erased) return tl::unexpected{std::move(erased.error())};
    }
    return target_.write_record(within, runs);
}

} // namespace meguri::storage
