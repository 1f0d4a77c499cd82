#include "storage/record_limits.hpp"

namespace meguri::storage {
namespace {

constexpr unsigned flags_all = 31;
constexpr std::size_t minutes_max = 61;

void write(record_writer& out, const ledger::usage& one) {
    out.number(one.amount);
    out.number(one.count);
}

ledger::usage read_usage(record_reader& in) {
    ledger::usage one;
    one.amount = in.number<std::int64_t>();
    one.count = in.number<std::uint64_t>();
    if (one.amount < 0) in.refuse();
    return one;
}

std::optional<ledger::points> read_points(record_reader& in, bool is_there) {
    if (!is_there) return std::nullopt;
    const auto found = ledger::points::from(in.number<std::int64_t>());
    if (!found) in.refuse();
    return found;
}

std::optional<std::uint32_t> read_count(record_reader& in, bool is_there) {
    if (!is_there) return std::nullopt;
    return in.number<std::uint32_t>();
}

} // namespace

void write(record_writer& out, const ledger::limits& set) {
    out.number(static_cast<std::uint8_t>((set.per_payment ? 1 : 0) | (set.per_day.amount ? 2 : 0) |
                                         (set.per_day.count ? 4 : 0) | (set.per_hour.amount ? 8 : 0) |
                                         (set.per_hour.count ? 16 : 0)));
    if (set.per_payment) out.number(set.per_payment->value());
    if (set.per_day.amount) out.number(set.per_day.amount->value());
    if (set.per_day.count) out.number(*set.per_day.count);
    if (set.per_hour.amount) out.number(set.per_hour.amount->value());
    if (set.per_hour.count) out.number(*set.per_hour.count);
}

ledger::limits read_limits(record_reader& in) {
    const unsigned flags = in.number<std::uint8_t>();
    if (flags == 0 || flags > flags_all) in.refuse(); // no limits are not written
    ledger::limits set;
    set.per_payment = read_points(in, (flags & 1) != 0);
    set.per_day.amount = read_points(in, (flags & 2) != 0);
    set.per_day.count = read_count(in, (flags & 4) != 0);
    set.per_hour.amount = read_points(in, (flags & 8) != 0);
    set.per_hour.count = read_count(in, (flags & 16) != 0);
    return set;
}

void write(record_writer& out, const ledger::usage_windows& used) {
    EXPECTS(used.minutes().size() <= minutes_max);
    out.number(used.day().days());
    write(out, used.of_day());
    out.number(static_cast<std::uint8_t>(used.minutes().size()));
    for (const auto& one : used.minutes()) {
        out.number(one.number);
        write(out, one.used);
    }
}

ledger::usage_windows read_windows(record_reader& in) {
    const ledger::jst_day day{in.number<std::int32_t>()};
    const auto of_day = read_usage(in);
    const std::size_t count = in.number<std::uint8_t>();
    if (count > minutes_max) in.refuse();
    std::vector<ledger::usage_windows::minute> minutes;
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        const auto number = in.number<std::int64_t>();
        minutes.push_back({number, read_usage(in)});
    }
    return {day, of_day, std::move(minutes)};
}

} // namespace meguri::storage
