// What an idempotency key looks like, wherever a client names one: 1 to 64 visible ASCII characters.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace meguri::net {

inline constexpr std::size_t idempotency_key_max = 64;

[[nodiscard]] inline bool is_idempotency_key(std::string_view key) noexcept {
    return !key.empty() && key.size() <= idempotency_key_max &&
           std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

} // namespace meguri::net
