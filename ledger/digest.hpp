// A 128-bit keyed digest: the name under which keys, codes and references are indexed. The text itself is not needed to
// find it again, and for bearer keys and codes is never stored. Made by storage/key_ring.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace meguri::ledger {

struct digest128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return (high | low) != 0; }
    friend constexpr auto operator<=>(const digest128&, const digest128&) noexcept = default;
};

} // namespace meguri::ledger

template <>
struct std::hash<meguri::ledger::digest128> {
    // The digest is uniform already.
    std::size_t operator()(const meguri::ledger::digest128& digest) const noexcept { return digest.low; }
};
