// What a start reads of the index runs: the directory, the filters, and which blocks belong to no run.
#include "storage/index_run_store.hpp"
#include "storage/record_bytes.hpp"
#include "storage/state_store.hpp"

#include <algorithm>
#include <limits>

namespace meguri::storage {

tl::expected<std::unique_ptr<index_run_store>, error>
index_run_store::open(lmdb::transaction& within, const index_databases& databases, index_kind kind) {
    std::unique_ptr<index_run_store> made{new index_run_store{databases, kind}};
    if (auto loaded = made->load_runs(within); !loaded) return tl::unexpected{std::move(loaded.error())};
    if (auto noted = made->note_leftovers(within); !noted) return tl::unexpected{std::move(noted.error())};
    made->board_.publish(made->runs_);
    return made;
}

tl::expected<void, error> index_run_store::load_runs(lmdb::transaction& within) {
    auto over = within.open_cursor(databases_.runs);
    if (!over) return tl::unexpected{std::move(over.error())};
    record_buffer key;
    set_run_record_key(key, kind_, 0);
    auto found = over->at_least(key);
    for (; found && *found && (**found).key.front() == static_cast<std::byte>(kind_); found = over->next()) {
        const auto number = read_big_endian<run_number>((**found).key.subspan(1));
        const auto info = decode_run((**found).value, number);
        if (!info) return tl::unexpected{state_damaged("directory of index runs")};
        auto run = std::make_shared<index_run>(index_run{*info, bloom_filter{info->keys}});
        if (auto loaded = load_filter(within, *run); !loaded) return loaded;
        runs_.push_back(std::move(run));
        next_number_ = std::max(next_number_, number + 1);
    }
    if (!found) return tl::unexpected{std::move(found.error())};
    return {};
}

tl::expected<void, error> index_run_store::load_filter(lmdb::transaction& within, index_run& into) const {
    const auto bits = into.filter.writable_bytes();
    record_buffer key;
    for (std::size_t at = 0; at < bits.size(); at += filter_chunk_bytes) {
        const auto place = bits.subspan(at, std::min(filter_chunk_bytes, bits.size() - at));
        set_filter_chunk_key(key, kind_, into.info.number, static_cast<std::uint32_t>(at / filter_chunk_bytes));
        auto stored = within.get(databases_.filters, key);
        if (!stored) return tl::unexpected{std::move(stored.error())};
        const auto chunk = *stored ? unsealed(**stored) : std::nullopt;
        if (!chunk || chunk->size() != place.size()) return tl::unexpected{state_damaged("filter of an index run")};
        std::ranges::copy(*chunk, place.begin());
    }
    return {};
}

void index_run_store::note(run_number number, std::uint8_t level) {
    next_number_ = std::max(next_number_, number + 1);
    const auto known = [number](const index_run_ptr& one) { return one->info.number == number; };
    if (std::none_of(runs_.begin(), runs_.end(), known)) leftovers_.emplace(number, level);
}

// Steps from run to run, not from block to block.
tl::expected<void, error> index_run_store::note_leftovers(lmdb::transaction& within) {
    record_buffer key;
    for (std::uint8_t level = 0; level < run_levels; ++level) {
        auto over = within.open_cursor(databases_.levels[level]);
        if (!over) return tl::unexpected{std::move(over.error())};
        for (run_number from = 0;;) {
            key.clear();
            append_run_key(key, from, run_key{});
            auto found = over->at_least(key);
            if (!found) return tl::unexpected{std::move(found.error())};
            if (!*found) break;
            const auto number = run_number_of((**found).key);
            if (!number) return tl::unexpected{state_damaged("an index run")};
            note(*number, level);
            from = *number + 1;
        }
    }
    auto over = within.open_cursor(databases_.filters);
    if (!over) return tl::unexpected{std::move(over.error())};
    for (run_number from = 0;;) {
        set_run_record_key(key, kind_, from);
        auto found = over->at_least(key);
        if (!found) return tl::unexpected{std::move(found.error())};
        if (!*found || (**found).key.front() != static_cast<std::byte>(kind_)) return {};
        const auto number = read_big_endian<run_number>((**found).key.subspan(1));
        note(number, 0);
        from = number + 1;
    }
}

} // namespace meguri::storage
