// Follows the chain through records that come one after the other, wherever they are read from, and recomputes every
// hash on the way. One thread.
#pragma once

#include "storage/chain_hash.hpp"
#include "storage/entry_codec.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

namespace meguri::storage {

// The record at its place: a whole one that was written for another position is an altered journal. Errors: corrupt,
// version_too_new, chain_broken, with the position.
[[nodiscard]] tl::expected<journal_record, error> decode_at(ledger::journal_position at, bytes record);

class chain_walk {
public:
    // From the end of a batch.
    explicit chain_walk(const chain_end& from);

    // The next record; a batch's last one is checked against its hash. Errors: as decode_at().
    [[nodiscard]] tl::expected<journal_record, error> take(bytes record);
    // The end of the last whole batch.
    [[nodiscard]] const chain_end& arrived() const noexcept { return arrived_; }
    // The position of the last record taken.
    [[nodiscard]] ledger::journal_position seen() const noexcept { return seen_; }
    // Where it arrived. Errors: chain_broken in the middle of a batch.
    [[nodiscard]] tl::expected<chain_end, error> finish() const;

private:
    [[nodiscard]] tl::expected<void, error> end_batch(const batch_trailer& trailer);

    chain_end arrived_;
    ledger::journal_position seen_;
    chain_hasher hasher_;
};

} // namespace meguri::storage
