#include "ledger/limits.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace meguri::ledger {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_minutes = 60;

std::int64_t minute_of(instant at) noexcept { return at.unix_ms() / minute_ms; }

bool passes(const std::optional<points>& most, points amount, const usage& used) noexcept {
    return most && used.amount + amount.value() > most->value();
}
bool passes(const std::optional<std::uint32_t>& most, const usage& used) noexcept {
    return most && used.count + 1 > *most;
}

} // namespace

std::string text_of(const reached_limit& one) {
    static constexpr std::array<std::string_view, 5> subjects{"wallet", "program", "merchant", "terminal", "shop"};
    static constexpr std::array<std::string_view, 6> kinds{"amount per payment", "amount per day", "count per day",
                                                           "amount per hour",    "count per hour", "open holds"};
    return std::string{subjects[static_cast<std::size_t>(one.subject) - 1]} + ": " +
           std::string{kinds[static_cast<std::size_t>(one.kind) - 1]};
}

usage& usage::operator+=(const usage& other) noexcept {
    amount += other.amount;
    count += other.count;
    return *this;
}

void usage_windows::add(instant at, points amount) {
    const usage one{amount.value(), 1};
    const jst_day day = jst_day::of(at);
    if (day > day_ || of_day_.count == 0) {
        day_ = day;
        of_day_ = {};
    }
    if (day == day_) of_day_ += one;

    const std::int64_t number = minute_of(at);
    const std::int64_t newest = minutes_.empty() ? number : std::max(number, minutes_.back().number);
    std::erase_if(minutes_, [newest](const minute& other) { return other.number < newest - hour_minutes; });
    if (number < newest - hour_minutes) return;
    const auto place = std::lower_bound(minutes_.begin(), minutes_.end(), number,
                                        [](const minute& other, std::int64_t wanted) { return other.number < wanted; });
    if (place != minutes_.end() && place->number == number)
        place->used += one;
    else
        minutes_.insert(place, {number, one});
}

// A clock that went back finds the newest day and hour still counting.
usage usage_windows::in_day(instant now) const noexcept { return day_ >= jst_day::of(now) ? of_day_ : usage{}; }

usage usage_windows::in_hour(instant now) const noexcept {
    usage sum;
    for (const auto& one : minutes_)
        if (one.number >= minute_of(now) - hour_minutes) sum += one.used;
    return sum;
}

std::optional<limit_kind> reached(const limits& set, points amount, const usage& in_day,
                                  const usage& in_hour) noexcept {
    if (passes(set.per_payment, amount, {})) return limit_kind::per_payment;
    if (passes(set.per_day.amount, amount, in_day)) return limit_kind::day_amount;
    if (passes(set.per_day.count, in_day)) return limit_kind::day_count;
    if (passes(set.per_hour.amount, amount, in_hour)) return limit_kind::hour_amount;
    if (passes(set.per_hour.count, in_hour)) return limit_kind::hour_count;
    return std::nullopt;
}

} // namespace meguri::ledger
