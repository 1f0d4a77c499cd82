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

} // namespace meguri::ledger
