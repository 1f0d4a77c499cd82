#include "storage/index_run_store.hpp"

#include "ledger/contract.hpp"
#include "storage/state_store.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

// Erases from the first record at or after `from` on, as long as the keys begin with `prefix`. True: all of them are
// gone.
tl::expected<bool, error> erase_while(lmdb::cursor& over, bytes prefix, bytes from, slice_budget& budget) {
    const auto begins = [prefix](bytes key) {
        return key.size() >= prefix.size() && std::ranges::equal(key.first(prefix.size()), prefix);
    };
    auto found = over.at_least(from);
    while (found && *found && begins((**found).key)) {
        if (budget.spent()) return false;
        if (auto erased = over.erase_current(); !erased) return tl::unexpected{std::move(erased.error())};
        budget.take(1);
        found = over.next();
    }
    if (!found) return tl::unexpected{std::move(found.error())};
    return true;
}

} // namespace

void index_run_store::begin(std::vector<run_key> keys, give_way& way) {
    EXPECTS(!writing_ && pending_.empty());
    if (keys.empty()) return;
    sort(keys, way);
    writing_.emplace(kind_, next_number_++, std::uint8_t{0}, keys.size());
    pending_ = std::move(keys);
    pending_written_ = 0;
}

tl::expected<bool, error> index_run_store::write_some(lmdb::write_transaction& within, slice_budget& budget) {
    if (!writing_) return true;
    if (pending_written_ < pending_.size()) {
        auto level = within.open_cursor(databases_.levels.front());
        if (!level) return tl::unexpected{std::move(level.error())};
        while (pending_written_ < pending_.size() && !budget.spent())
            if (auto added = writing_->add(*level, pending_[pending_written_++], budget); !added)
                return tl::unexpected{std::move(added.error())};
        if (pending_written_ < pending_.size()) return false;
        if (auto closed = writing_->close(*level, budget); !closed) return tl::unexpected{std::move(closed.error())};
    }
    return writing_->write_filter(within, databases_.filters, budget);
}

tl::expected<void, error> index_run_store::record(lmdb::write_transaction& within) {
    if (!writing_) return {};
    return writing_->write_record(within, databases_.runs);
}

void index_run_store::publish() {
    if (!writing_) return;
    runs_.push_back(writing_->finish());
    writing_.reset();
    pending_ = {};
    board_.publish(runs_);
}

std::vector<run_info> index_run_store::oldest_of(std::size_t level) const {
    std::vector<run_info> found;
    for (const auto& one : runs_)
        if (one->info.level == level) found.push_back(one->info);
    std::sort(found.begin(), found.end(), [](const run_info& a, const run_info& b) { return a.number < b.number; });
    if (found.size() > run_fan_in) found.resize(run_fan_in);
    return found;
}

// The lowest one first: that keeps the number of runs low, and a long merge higher up never holds it back.
std::optional<std::size_t> index_run_store::level_to_merge() const {
    for (std::size_t level = 0; level < merges; ++level) {
        const auto of_level = [level](const index_run_ptr& one) { return one->info.level == level; };
        if (merging_[level] || std::count_if(runs_.begin(), runs_.end(), of_level) >= std::ptrdiff_t{run_fan_in})
            return level;
    }
    return std::nullopt;
}

bool index_run_store::upkeep_due() const { return !leftovers_.empty() || level_to_merge().has_value(); }

tl::expected<void, error> index_run_store::upkeep(lmdb::write_transaction& within, slice_budget& budget) {
    EXPECTS(!merged_ && !deleted_);
    const auto level = level_to_merge();
    return level ? merge_some(within, *level, budget) : delete_some(within, budget);
}

tl::expected<void, error> index_run_store::merge_some(lmdb::write_transaction& within, std::size_t level,
                                                      slice_budget& budget) {
    auto& merge = merging_[level];
    if (!merge) merge.emplace(kind_, oldest_of(level), next_number_++);
    auto whole =
        merge->step(within, databases_.levels[level], databases_.levels[level + 1], databases_.filters, budget);
    if (!whole) return tl::unexpected{std::move(whole.error())};
    if (!*whole) return {};
    merged_ = level;
    return merge->record(within, databases_.runs);
}

tl::expected<void, error> index_run_store::delete_some(lmdb::write_transaction& within, slice_budget& budget) {
    if (leftovers_.empty()) return {};
    const auto [number, level] = *leftovers_.begin();
    record_buffer key;
    append_run_key(key, number, run_key{});
    auto blocks = within.open_cursor(databases_.levels[level]);
    if (!blocks) return tl::unexpected{std::move(blocks.error())};
    auto gone = erase_while(*blocks, bytes{key}.first(sizeof number), key, budget);
    if (!gone) return tl::unexpected{std::move(gone.error())};
    if (!*gone) return {};

    set_run_record_key(key, kind_, number);
    auto chunks = within.open_cursor(databases_.filters);
    if (!chunks) return tl::unexpected{std::move(chunks.error())};
    gone = erase_while(*chunks, key, key, budget);
    if (!gone) return tl::unexpected{std::move(gone.error())};
    if (*gone) deleted_ = number;
    return {};
}

void index_run_store::upkeep_committed() {
    if (deleted_) leftovers_.erase(*deleted_);
    deleted_.reset();
    if (!merged_) return;
    auto& merge = merging_[*merged_];
    for (const run_info& source : merge->sources()) {
        std::erase_if(runs_, [&source](const index_run_ptr& one) { return one->info.number == source.number; });
        leftovers_.emplace(source.number, source.level);
    }
    runs_.push_back(merge->finish());
    merge.reset();
    merged_.reset();
    board_.publish(runs_);
}

} // namespace meguri::storage
