#include "storage/recovery.hpp"

#include "storage/journal_reader.hpp"

#include <string>

namespace meguri::storage {
namespace {

error beyond_the_end(ledger::journal_position checkpoint, ledger::journal_position last) {
    return {errc::chain_broken,
            "the state store stands at entry " + std::to_string(checkpoint) + ", but the journal ends at " +
                std::to_string(last) + ": entries are missing, or it is another journal",
            checkpoint};
}

error another_hash(ledger::journal_position checkpoint) {
    return {errc::chain_broken,
            "the journal's hash at entry " + std::to_string(checkpoint) +
                " is not the one that the state store was made from: an entry was changed, or it is another journal",
            checkpoint};
}

} // namespace

tl::expected<void, error> recover(const journal& entries, checkpointer& state) {
    auto reader = journal_reader::make(entries);
    if (!reader) return tl::unexpected{std::move(reader.error())};
    const chain_end from = state.stand().at.end;
    const auto last = reader->last();
    if (!last) return tl::unexpected{last.error()};
    if (from.last > *last) return tl::unexpected{beyond_the_end(from.last, *last)};

    auto there = reader->end_at(from.last);
    if (!there && there.error().code != errc::not_found) return tl::unexpected{std::move(there.error())};
    if (!there || *there != from) return tl::unexpected{another_hash(from.last)};
    if (auto whole = reader->check_chain(from); !whole) return tl::unexpected{std::move(whole.error())};
    return state.make_up(*reader).and_then([&state] { return state.catch_up(); });
}

} // namespace meguri::storage
