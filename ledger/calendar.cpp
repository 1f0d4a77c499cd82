#include "ledger/calendar.hpp"

#include "ledger/contract.hpp"

#include <chrono>

namespace meguri::ledger {
namespace {

void append_digits(std::string& out, std::int64_t value, int width) {
    char buffer[8];
    for (int i = width; i-- > 0; value /= 10) buffer[i] = static_cast<char>('0' + value % 10);
    out.append(buffer, static_cast<std::size_t>(width));
}

// A number of exactly `text.size()` digits, or -1.
int digits(std::string_view text) noexcept {
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

constexpr std::int32_t first_day = 0;
constexpr std::int32_t last_day = 2'932'896; // 9999-12-31

} // namespace

void append_date(std::string& out, jst_day day) {
    EXPECTS(day.days() >= first_day && day.days() <= last_day);
    const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{day.days()}}};
    append_digits(out, static_cast<int>(ymd.year()), 4);
    out.push_back('-');
    append_digits(out, static_cast<unsigned>(ymd.month()), 2);
    out.push_back('-');
    append_digits(out, static_cast<unsigned>(ymd.day()), 2);
}

std::string to_date(jst_day day) {
    std::string out;
    append_date(out, day);
    return out;
}

void append_rfc3339(std::string& out, instant at) {
    EXPECTS(at.unix_ms() >= 0);
    const std::int64_t days = at.unix_ms() / 86'400'000;
    const std::int64_t of_day = at.unix_ms() % 86'400'000;
    append_date(out, jst_day{static_cast<std::int32_t>(days)}); // the calendar is the same, only the zone is not
    out.push_back('T');
    append_digits(out, of_day / 3'600'000, 2);
    out.push_back(':');
    append_digits(out, of_day / 60'000 % 60, 2);
    out.push_back(':');
    append_digits(out, of_day / 1000 % 60, 2);
    out.push_back('.');
    append_digits(out, of_day % 1000, 3);
    out.push_back('Z');
}

std::string to_rfc3339(instant at) {
    std::string out;
    out.reserve(24);
    append_rfc3339(out, at);
    return out;
}

std::optional<jst_day> parse_date(std::string_view text) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const int year = digits(text.substr(0, 4));
    const int month = digits(text.substr(5, 2));
    const int day = digits(text.substr(8, 2));
    if (year < 1970 || month < 0 || day < 0) return std::nullopt;
    const std::chrono::year_month_day ymd{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                          std::chrono::day{static_cast<unsigned>(day)}};
    if (!ymd.ok()) return std::nullopt;
    return jst_day{static_cast<std::int32_t>(std::chrono::sys_days{ymd}.time_since_epoch().count())};
}

namespace {

// `hh:mm`, as minutes; -1 where it is none.
int minutes_of(std::string_view text) noexcept {
    if (text.size() != 5 || text[2] != ':') return -1;
    const int hours = digits(text.substr(0, 2));
    const int minutes = digits(text.substr(3, 2));
    return hours < 0 || hours > 23 || minutes < 0 || minutes > 59 ? -1 : hours * 60 + minutes;
}

// `Z` or `+hh:mm`, as minutes ahead of UTC.
std::optional<int> offset_of(std::string_view text) noexcept {
    if (text == "Z" || text == "z") return 0;
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    const int minutes = minutes_of(text.substr(1));
    if (minutes < 0) return std::nullopt;
    return text[0] == '+' ? minutes : -minutes;
}

} // namespace

std::optional<instant> parse_rfc3339(std::string_view text) noexcept {
    constexpr std::size_t seconds_end = 19; // of 2026-04-01T03:04:05
    if (text.size() <= seconds_end || (text[10] != 'T' && text[10] != 't') || text[16] != ':') return std::nullopt;
    const auto day = parse_date(text.substr(0, 10));
    const int minutes = minutes_of(text.substr(11, 5));
    const int seconds = digits(text.substr(17, 2));
    if (!day || minutes < 0 || seconds < 0 || seconds > 59) return std::nullopt;
    std::size_t at = seconds_end;
    std::int64_t ms = 0;
    if (text[at] == '.') {
        std::size_t places = 0;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++places)
            if (places < 3) ms = ms * 10 + (text[at] - '0');
        if (places == 0) return std::nullopt;
        for (; places < 3; ++places) ms *= 10;
    }
    const auto offset = offset_of(text.substr(at));
    if (!offset) return std::nullopt;
    const std::int64_t minute = day->days() * std::int64_t{24 * 60} + minutes - *offset;
    return instant{(minute * 60 + seconds) * 1000 + ms};
}

} // namespace meguri::ledger
