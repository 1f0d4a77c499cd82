#include "ledger/key_chain.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::ledger {

const issued_key* key_chain::find(std::uint32_t number) const noexcept {
    const auto at =
        std::find_if(known.begin(), known.end(), [number](const auto& one) { return one.number == number; });
    return at != known.end() ? &*at : nullptr;
}

bool key_chain::has_lasting_key() const noexcept {
    return std::any_of(known.begin(), known.end(), [](const issued_key& one) {
        return !one.revoked && one.ends_at == instant{} && one.scopes.is_unrestricted();
    });
}

std::optional<key_chain> with_new_key(const key_chain& before, scope_set scopes, std::optional<std::int64_t> overlap_s,
                                      instant now) {
    EXPECTS(!before.known.empty() && scopes != scope_set{});
    key_chain after = before;
    auto& known = after.known;
    if (known.size() == key_chain::known_max) {
        const auto over =
            std::find_if(known.begin(), known.end(), [now](const auto& one) { return !one.is_usable(now); });
        if (over == known.end()) return std::nullopt;
        known.erase(over);
    }
    if (overlap_s) {
        const instant end = now.plus_ms(*overlap_s * 1'000);
        for (auto& one : known)
            if (!one.revoked && (one.ends_at == instant{} || end < one.ends_at)) one.ends_at = end;
    }
    known.push_back({before.known.back().number + 1, now, {}, false, scopes});
    return after;
}

key_chain with_revoked_key(const key_chain& before, std::uint32_t number) {
    EXPECTS(before.find(number) != nullptr);
    key_chain after = before;
    for (auto& one : after.known) one.revoked |= one.number == number;
    return after;
}

bool follows_by_new_key(const key_chain& before, const key_chain& after, instant now) {
    if (before.known.empty() || after.known.empty()) return false;
    const issued_key& fresh = after.known.back();
    // Every overlap gives all older keys the same end, or leaves them theirs: the latest end tells which it was.
    std::optional<std::int64_t> overlap_s;
    for (const auto& one : after.known) {
        const auto* const was = before.find(one.number);
        if (was != nullptr && was->ends_at != one.ends_at) overlap_s = (one.ends_at.unix_ms() - now.unix_ms()) / 1'000;
    }
    return after == with_new_key(before, fresh.scopes, overlap_s, now);
}

bool follows_by_revocation(const key_chain& before, const key_chain& after, std::uint32_t number) {
    const auto* const was = before.find(number);
    return was != nullptr && !was->revoked && after == with_revoked_key(before, number);
}

} // namespace meguri::ledger
