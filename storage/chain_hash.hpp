// The chain through the journal: each batch's BLAKE2b-256 covers the hash of the batch before it, so that no entry can
// be changed, taken out or put in without every later hash showing it.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/ids.hpp"
#include "storage/lmdb.hpp"

#include <array>
#include <cstddef>
#include <memory>

namespace meguri::storage {

using chain_hash = std::array<std::byte, 32>;

// Where a batch ended. The zero value stands before the first entry.
struct chain_end {
    ledger::journal_position last = 0;
    chain_hash hash{};
    ledger::instant recorded_at; // wall clock of the writer, never decreasing
    friend bool operator==(const chain_end&, const chain_end&) = default;
};

// Takes one batch's records in order.
class chain_hasher {
public:
    chain_hasher();
    ~chain_hasher();
    chain_hasher(chain_hasher&&) noexcept;
    chain_hasher& operator=(chain_hasher&&) noexcept;

    void begin(const chain_hash& previous);
    void add(bytes part);
    [[nodiscard]] chain_hash finish();

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace meguri::storage
