// Entries encoded one after the other, to be appended to the journal together. Reused from batch to batch.
#pragma once

#include "storage/chain_hash.hpp"
#include "storage/entry_codec.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace meguri::storage {

class journal_batch {
public:
    // Contract: its position follows the one before.
    void add(const ledger::entry& one);
    // The same of an entry as another journal has it. Contract: it ends no batch there.
    void add_copy(ledger::journal_position at, bytes record);
    void clear() noexcept;
    // Chains the batch to `previous` and completes every record. Contract: it begins right after previous.last.
    chain_end seal(const chain_end& previous, ledger::instant now, chain_hasher& hasher);

    [[nodiscard]] std::size_t size() const noexcept { return begins_.size(); }
    [[nodiscard]] bool empty() const noexcept { return begins_.empty(); }
    [[nodiscard]] std::size_t total_bytes() const noexcept { return encoded_.size(); }
    [[nodiscard]] ledger::journal_position first() const noexcept { return first_; }
    [[nodiscard]] bytes record(std::size_t index) const noexcept {
        return bytes{encoded_}.subspan(begins_[index], end_of(index) - begins_[index]);
    }
    // All records, and where each begins.
    [[nodiscard]] bytes records() const noexcept { return encoded_; }
    [[nodiscard]] std::span<const std::size_t> begins() const noexcept { return begins_; }

private:
    [[nodiscard]] std::size_t end_of(std::size_t index) const noexcept {
        return index + 1 < begins_.size() ? begins_[index + 1] : encoded_.size();
    }
    [[nodiscard]] std::span<std::byte> record(std::size_t index) noexcept {
        return std::span{encoded_}.subspan(begins_[index], end_of(index) - begins_[index]);
    }

    std::vector<std::byte> encoded_;
    std::vector<std::size_t> begins_;
    ledger::journal_position first_ = 0;
};

} // namespace meguri::storage
