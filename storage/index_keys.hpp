// Under which keys an entry is found again: its idempotency key, its reference, the code or the bearer key that it
// made. One function for the recent index, the checkpointer and `meguri verify`, so that they cannot disagree.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/entry.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace meguri::storage {

class key_ring;

enum class index_kind : std::uint8_t {
    idempotency = 1, // caller and key -> the entry that the key made
    reference = 2,   // merchant and reference -> its payments
    code = 3,        // code -> the entry that issued it
    bearer = 4,      // key of an operator, staff member, partner, terminal or shop -> the entry that added it
};
inline constexpr std::size_t index_kinds = 4;

struct index_key {
    index_kind kind = index_kind::idempotency;
    ledger::digest128 digest;
    friend auto operator<=>(const index_key&, const index_key&) noexcept = default;
};

// The keys of one entry: two at most.
class entry_index_keys {
public:
    void add(index_kind kind, ledger::digest128 digest) noexcept { keys_[count_++] = {kind, digest}; }
    [[nodiscard]] const index_key* begin() const noexcept { return keys_.data(); }
    [[nodiscard]] const index_key* end() const noexcept { return keys_.data() + count_; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    std::array<index_key, 2> keys_{};
    std::size_t count_ = 0;
};

// Thread-safe, as the key ring is. Costs one keyed digest for an idempotency key and one for a reference.
[[nodiscard]] entry_index_keys index_keys_of(const ledger::entry& one, const key_ring& keys);

} // namespace meguri::storage
