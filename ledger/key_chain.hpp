// The bearer keys of one holder: an operator, a staff member, a partner, a terminal or a shop. Number 1 came with the
// holder; each further one is issued, may let the older ones end after an overlap, and is revoked by its number. What
// is not said of a holder is the default: number 1 alone, for everything, without an end.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/scope.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace meguri::ledger {

struct issued_key {
    std::uint32_t number = 1;
    instant issued_at; // 0 for number 1: when its holder was added
    instant ends_at;   // not usable from then on; 0: no end
    bool revoked = false;
    scope_set scopes = scope_set::unrestricted();

    [[nodiscard]] bool is_usable(instant now) const noexcept {
        return !revoked && (ends_at == instant{} || now < ends_at);
    }
    friend bool operator==(const issued_key&, const issued_key&) noexcept = default;
};

struct key_chain {
    // Of those no longer usable the oldest are forgotten, so that what every entry carries stays small.
    static constexpr std::size_t known_max = 16;

    std::vector<issued_key> known{issued_key{}}; // by number; never empty, the last is the newest

    [[nodiscard]] const issued_key* find(std::uint32_t number) const noexcept;
    // Opens everything and has no end: whoever has such a key is not locked out.
    [[nodiscard]] bool has_lasting_key() const noexcept;
    friend bool operator==(const key_chain&, const key_chain&) noexcept = default;
};

inline constexpr std::int64_t key_overlap_max_s = 366LL * 24 * 3600;

// After one more key. `overlap_s`: the older keys end so many seconds from now, unless they do before; none: they
// stay. nullopt: known_max keys are usable already.
[[nodiscard]] std::optional<key_chain> with_new_key(const key_chain& before, scope_set scopes,
                                                    std::optional<std::int64_t> overlap_s, instant now);
// Contract: the key is known.
[[nodiscard]] key_chain with_revoked_key(const key_chain& before, std::uint32_t number);

// Whether a chain can have come of the other: by a new key, or by the revocation of that number.
[[nodiscard]] bool follows_by_new_key(const key_chain& before, const key_chain& after, instant now);
[[nodiscard]] bool follows_by_revocation(const key_chain& before, const key_chain& after, std::uint32_t number);

} // namespace meguri::ledger
