// Nanoseconds of the monotonic clock, for measuring stages. Not a time of day: decisions never use it.
#pragma once

#include <chrono>
#include <cstdint>

namespace meguri::storage {

[[nodiscard]] inline std::int64_t steady_ns() noexcept {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

} // namespace meguri::storage
