// Limits on payments: how much and how often, of one payment, in a day of Japan, and in a rolling hour. They hold for a
// wallet's payments (its credentials), for each wallet's payments in a program, and for all payments of a merchant, or
// of one of its terminals or shops. Nothing is limited before somebody sets a limit, and what is counted is counted
// from then on. Holds count like payments; a void, refund or reversal gives nothing back: when in doubt, fewer
// payments.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/points.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meguri::ledger {

// Of a window of time; none: unlimited.
struct window_limit {
    std::optional<points> amount;
    std::optional<std::uint32_t> count;
    [[nodiscard]] bool any() const noexcept { return amount || count; }
    friend bool operator==(const window_limit&, const window_limit&) noexcept = default;
};

struct limits {
    std::optional<points> per_payment;
    window_limit per_day;
    window_limit per_hour;
    [[nodiscard]] bool any() const noexcept { return per_payment || counts(); }
    // Whether payments have to be counted for it.
    [[nodiscard]] bool counts() const noexcept { return per_day.any() || per_hour.any(); }
    friend bool operator==(const limits&, const limits&) noexcept = default;
};

// Numbers are stored: never change them.
enum class limit_subject : std::uint8_t { wallet = 1, program = 2, merchant = 3, terminal = 4, shop = 5 };
enum class limit_kind : std::uint8_t {
    per_payment = 1,
    day_amount = 2,
    day_count = 3,
    hour_amount = 4,
    hour_count = 5,
    open_holds = 6, // never set: a wallet has at most holds_max of them
};
inline constexpr std::size_t holds_max = 10'000;

// Which limit a payment would have passed.
struct reached_limit {
    limit_subject subject = limit_subject::wallet;
    limit_kind kind = limit_kind::per_payment;
    friend bool operator==(const reached_limit&, const reached_limit&) noexcept = default;
};
// "program: amount per day"
[[nodiscard]] std::string text_of(const reached_limit& one);

struct usage {
    std::int64_t amount = 0;
    std::uint64_t count = 0;
    usage& operator+=(const usage& other) noexcept;
    friend bool operator==(const usage&, const usage&) noexcept = default;
};

// What was paid in the newest day and in the newest hour, minute by minute: a payment counts for 60 to 61 minutes. The
// same payments give the same windows in whatever order they are added.
class usage_windows {
public:
    struct minute {
        std::int64_t number = 0; // since 1970
        usage used;
        friend bool operator==(const minute&, const minute&) noexcept = default;
    };

    usage_windows() = default;
    usage_windows(jst_day day, usage of_day, std::vector<minute> minutes)
        : day_{day},
          of_day_{of_day},
          minutes_{std::move(minutes)} {}

    void add(instant at, points amount);
    [[nodiscard]] usage in_day(instant now) const noexcept;
    [[nodiscard]] usage in_hour(instant now) const noexcept;

    // As they are stored.
    [[nodiscard]] jst_day day() const noexcept { return day_; }
    [[nodiscard]] const usage& of_day() const noexcept { return of_day_; }
    [[nodiscard]] const std::vector<minute>& minutes() const noexcept { return minutes_; }

    friend bool operator==(const usage_windows&, const usage_windows&) noexcept = default;

private:
    jst_day day_;
    usage of_day_;
    std::vector<minute> minutes_; // ascending, those of the newest hour
};

// Which kind of limit one more payment of `amount` would pass, after what was used in the windows; nullopt: none.
[[nodiscard]] std::optional<limit_kind> reached(const limits& set, points amount, const usage& in_day,
                                                const usage& in_hour) noexcept;

} // namespace meguri::ledger
