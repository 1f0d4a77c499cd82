// Instants and Japanese days. The ledger has no clock: instants are arguments, read once at the edge.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

// Milliseconds since 1970-01-01T00:00:00Z.
class instant {
public:
    constexpr instant() noexcept = default;
    constexpr explicit instant(std::int64_t unix_ms) noexcept : unix_ms_{unix_ms} {}
    [[nodiscard]] constexpr std::int64_t unix_ms() const noexcept { return unix_ms_; }
    [[nodiscard]] constexpr instant plus_ms(std::int64_t ms) const noexcept { return instant{unix_ms_ + ms}; }
    friend constexpr auto operator<=>(instant, instant) noexcept = default;

private:
    std::int64_t unix_ms_ = 0;
};

// A calendar day in Japan (JST, UTC+9, no daylight saving), as days since 1970-01-01.
class jst_day {
public:
    constexpr jst_day() noexcept = default;
    constexpr explicit jst_day(std::int32_t days) noexcept : days_{days} {}
    [[nodiscard]] static constexpr jst_day of(instant at) noexcept {
        const std::int64_t jst_ms = at.unix_ms() + 9 * 3'600'000LL;
        const std::int64_t day_ms = 86'400'000LL;
        return jst_day{static_cast<std::int32_t>((jst_ms >= 0 ? jst_ms : jst_ms - (day_ms - 1)) / day_ms)};
    }
    [[nodiscard]] constexpr std::int32_t days() const noexcept { return days_; }
    [[nodiscard]] constexpr jst_day plus_days(std::int32_t days) const noexcept { return jst_day{days_ + days}; }
    // The first moment of the day after: what is valid through this day is valid before it.
    [[nodiscard]] constexpr instant end() const noexcept {
        return instant{(std::int64_t{days_} + 1) * 86'400'000LL - 9 * 3'600'000LL};
    }
    friend constexpr auto operator<=>(jst_day, jst_day) noexcept = default;

private:
    std::int32_t days_ = 0;
};

// RFC 3339 in UTC with milliseconds, as `2026-04-01T03:04:05.678Z` (24 characters), for the years 1970 to 9999.
void append_rfc3339(std::string& out, instant at);
[[nodiscard]] std::string to_rfc3339(instant at);
// Any RFC 3339 instant of those years, with `Z` or an offset, in whole seconds or parts of them; what is finer than a
// millisecond is cut off. nullopt for everything else, leap seconds included.
[[nodiscard]] std::optional<instant> parse_rfc3339(std::string_view text) noexcept;

// `YYYY-MM-DD`.
void append_date(std::string& out, jst_day day);
[[nodiscard]] std::string to_date(jst_day day);
// nullopt unless ten characters of a date that exists, years 1970 to 9999.
[[nodiscard]] std::optional<jst_day> parse_date(std::string_view text) noexcept;

} // namespace meguri::ledger
