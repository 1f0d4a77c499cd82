#include "bench/report/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace meguri::bench {
namespace {

std::string fixed(double value, int decimals) {
    std::array<char, 64> text{};
    const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return {text.data(), static_cast<std::size_t>(length)};
}

// Of three digits that count, as far as decimals do.
int decimals_for(double value) { return value >= 100 ? 0 : value >= 10 ? 1 : 2; }

std::string without_zeros(std::string text) {
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

} // namespace

std::string grouped(double value, int decimals) {
    const auto text = fixed(value, decimals);
    const auto whole = std::min(text.find('.'), text.size());
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins_group = i > 0 && i < whole && (whole - i) % 3 == 0 && text[i - 1] != '-';
        if (begins_group) out += ',';
        out += text[i];
    }
    return out;
}

std::string latency_text(double us) {
    if (us < 100) return without_zeros(fixed(us, us < 10 ? 1 : 0)) + " µs";
    if (us < 1e6) return without_zeros(fixed(us / 1e3, decimals_for(us / 1e3))) + " ms";
    return without_zeros(fixed(us / 1e6, decimals_for(us / 1e6))) + " s";
}

std::string bytes_text(double bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    return fixed(bytes, unit == 0 || bytes >= 10 ? 0 : 1) + ' ' + units[unit];
}

std::string tick_text(double value) {
    const bool is_whole = std::abs(value - std::round(value)) < 1e-9 * std::max(1.0, std::abs(value));
    return is_whole ? grouped(value) : without_zeros(fixed(value, 2));
}

std::string minute_text(const std::string& rfc3339) {
    constexpr std::size_t to_minutes = 16;
    if (rfc3339.size() <= to_minutes || rfc3339[10] != 'T' || rfc3339.back() != 'Z') return rfc3339;
    return rfc3339.substr(0, 10) + ' ' + rfc3339.substr(11, 5) + " UTC";
}

std::string coordinate(double value) {
    const auto text = without_zeros(fixed(value, 2));
    return text == "-0" ? "0" : text;
}

} // namespace meguri::bench
