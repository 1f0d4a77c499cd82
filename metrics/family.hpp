// A metric family: a name, what it says, and its type. Families are constants, and one that breaks the rules of names
// does not compile. The list of them all is metrics/families.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace meguri::metrics {

enum class family_type : std::uint8_t { counter, gauge, histogram };

struct family {
    std::string_view name;
    std::string_view help;
    family_type type;
};

// Prometheus' conventions (prometheus.io/docs/practices/naming): our prefix (or the one of what all processes show),
// snake_case, base units written out,
// `_total` for counters and nothing else, none of the suffixes that histograms make.
[[nodiscard]] constexpr bool follows_name_rules(const family& one) noexcept {
    const bool is_ours = one.name.starts_with("meguri_") || one.name.starts_with("process_");
    if (!is_ours || one.name.ends_with('_') || one.help.empty()) return false;
    for (const char c : one.name)
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return false;
    if (one.name.ends_with("_total") != (one.type == family_type::counter)) return false;
    for (const std::string_view suffix : {"_count", "_sum", "_bucket"})
        if (one.name.ends_with(suffix)) return false;
    constexpr std::array<std::string_view, 14> not_base_units{
        "ms",          "us",      "ns",    "sec",  "millis", "milliseconds", "microseconds",
        "nanoseconds", "minutes", "hours", "days", "kib",    "mib",          "percent"};
    std::string_view rest = one.name;
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find('_'));
        for (const auto unit : not_base_units)
            if (word == unit) return false;
        rest.remove_prefix(word.size() < rest.size() ? word.size() + 1 : rest.size());
    }
    return one.help.find_first_of("\n\\") == std::string_view::npos;
}

namespace detail {
consteval family checked(family one) {
    if (!follows_name_rules(one)) throw "a metric's name or help breaks the rules of follows_name_rules()";
    return one;
}
} // namespace detail

consteval family counter_family(std::string_view name, std::string_view help) {
    return detail::checked({name, help, family_type::counter});
}
consteval family gauge_family(std::string_view name, std::string_view help) {
    return detail::checked({name, help, family_type::gauge});
}
consteval family histogram_family(std::string_view name, std::string_view help) {
    return detail::checked({name, help, family_type::histogram});
}

} // namespace meguri::metrics
