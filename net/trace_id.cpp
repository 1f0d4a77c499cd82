#include "net/trace_id.hpp"

#include <cstddef>
#include <optional>

namespace meguri::net {
namespace {

//  0  2 3                              35 36             52 53  55
//  00 - 0af7651916cd43dd8448eb211c80319c - b7ad6b7169203331 - 01
//  version   trace-id                       parent-id         flags; a higher version may go on after another '-'
constexpr std::size_t length_of_version_00 = 55;

// Lower case only, as the standard says.
std::optional<std::uint64_t> number_of(std::string_view digits) noexcept {
    std::uint64_t number = 0;
    for (const char c : digits) {
        const bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && (c < 'a' || c > 'f')) return std::nullopt;
        number = number << 4 | static_cast<std::uint64_t>(is_digit ? c - '0' : c - 'a' + 10);
    }
    return number;
}

} // namespace

trace_id parse_traceparent(std::string_view header) noexcept {
    if (header.size() < length_of_version_00) return {};
    if (header[2] != '-' || header[35] != '-' || header[52] != '-') return {};
    const auto version = number_of(header.substr(0, 2));
    const auto high = number_of(header.substr(3, 16));
    const auto low = number_of(header.substr(19, 16));
    const auto parent = number_of(header.substr(36, 16));
    if (!version || !high || !low || !parent || !number_of(header.substr(53, 2))) return {};
    if (*version == 0xff || *parent == 0) return {};
    const bool goes_on = header.size() > length_of_version_00;
    if (goes_on && (*version == 0 || header[length_of_version_00] != '-')) return {};
    return {*high, *low};
}

std::string trace_id::text() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string shown;
    for (const std::uint64_t half : {high, low})
        for (int shift = 60; shift >= 0; shift -= 4) shown += digits[half >> shift & 15];
    return shown;
}

} // namespace meguri::net
