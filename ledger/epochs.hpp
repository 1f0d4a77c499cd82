// Epochs: the stretches of a journal between restores. A restore forgets entries that somebody may have been told of,
// and their numbers are given out again; so what is derived from a number, an id or a key, takes in the mark of the
// epoch in which the number was given out.
#pragma once

#include "ledger/ids.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace meguri::ledger {

// Tells an epoch from all others, also from one of the same number that another restore of the same backup began:
// random. 0 before the first restore.
class epoch_mark {
public:
    constexpr epoch_mark() noexcept = default;
    constexpr explicit epoch_mark(std::uint32_t value) noexcept : value_{value} {}
    [[nodiscard]] constexpr std::uint32_t value() const noexcept { return value_; }
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return value_ != 0; }
    friend constexpr auto operator<=>(epoch_mark, epoch_mark) noexcept = default;

private:
    std::uint32_t value_ = 0;
};

// The journal's chained hash, as storage/chain_hash.hpp has it. Here it is only carried.
using journal_hash = std::array<std::byte, 32>;

struct epoch {
    static constexpr std::uint32_t number_max = 0xffff; // as many as an outlet_id has room for

    std::uint32_t number = 0; // from 1: that of the first restore
    epoch_mark mark;
    journal_position first = 0; // the entry that began it
    // The highest numbers that were given out before it.
    std::uint64_t last_wallet = 0;
    std::uint64_t last_merchant = 0;
    std::uint64_t last_party = 0; // operators, staff and partners count together
    friend bool operator==(const epoch&, const epoch&) noexcept = default;
};

// A ledger's epochs. Without any it was never restored, and every mark is 0.
class epoch_list {
public:
    // Contract: one more than the newest, and after it.
    void begin(const epoch& next);

    [[nodiscard]] const std::vector<epoch>& all() const noexcept { return all_; }
    // Of the epoch that lasts.
    [[nodiscard]] std::uint32_t number() const noexcept { return static_cast<std::uint32_t>(all_.size()); }
    [[nodiscard]] epoch_mark mark() const noexcept { return all_.empty() ? epoch_mark{} : all_.back().mark; }
    // Whether a new epoch may have it.
    [[nodiscard]] bool is_new(epoch_mark mark) const noexcept;

    // Of the epoch in which the number was given out or, where it was not yet, will be.
    [[nodiscard]] epoch_mark mark_at(journal_position position) const noexcept;
    [[nodiscard]] epoch_mark mark_of_wallet(std::uint64_t number) const noexcept;
    [[nodiscard]] epoch_mark mark_of_merchant(std::uint64_t number) const noexcept;
    [[nodiscard]] epoch_mark mark_of_party(std::uint64_t number) const noexcept;
    // Outlets say their epoch themselves; 0 for one that this ledger does not have.
    [[nodiscard]] epoch_mark mark_of(outlet_id outlet) const noexcept;

    friend bool operator==(const epoch_list&, const epoch_list&) noexcept = default;

private:
    std::vector<epoch> all_; // epoch number n stands at n - 1
};

} // namespace meguri::ledger
