// Points: whole yen, never below zero, never a float (domain rule 1). Every sum and difference is checked.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace meguri::ledger {

// A number of points, from 0 to below 2^62. 1 point = 1 yen.
class points {
public:
    static constexpr std::int64_t value_max = (std::int64_t{1} << 62) - 1;
    // The largest amount that one command may name (the HTTP contract's `amount`).
    static constexpr std::int64_t command_max = 100'000'000;

    constexpr points() noexcept = default;

    [[nodiscard]] static constexpr std::optional<points> from(std::int64_t value) noexcept {
        if (value < 0 || value > value_max) return std::nullopt;
        return points{value};
    }

    [[nodiscard]] constexpr std::int64_t value() const noexcept { return value_; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return value_ == 0; }

    // nullopt where the sum would pass value_max.
    [[nodiscard]] constexpr std::optional<points> plus(points other) const noexcept {
        return from(value_ + other.value_); // both are below 2^62, so the sum fits in 64 bits
    }
    // nullopt where the difference would be below zero.
    [[nodiscard]] constexpr std::optional<points> minus(points other) const noexcept {
        return from(value_ - other.value_);
    }

    friend constexpr auto operator<=>(points, points) noexcept = default;

private:
    constexpr explicit points(std::int64_t value) noexcept : value_{value} {}
    std::int64_t value_ = 0;
};

} // namespace meguri::ledger
