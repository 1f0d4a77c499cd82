// Single members of the switch's answers, found without parsing the whole: a load generator has no time for it. Of
// members of the same name the first one in the text.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace meguri::bench {

// `opening`: from the member's name on, as in `"status":"`. Empty where there is none.
[[nodiscard]] inline std::string_view text_behind(std::string_view json, std::string_view opening) {
    const auto at = json.find(opening);
    if (at == std::string_view::npos) return {};
    const auto rest = json.substr(at + opening.size());
    return rest.substr(0, rest.find('"'));
}

// `opening` as in `"amount":`. -1 where there is no number of at most 18 digits.
[[nodiscard]] inline std::int64_t number_behind(std::string_view json, std::string_view opening) {
    const auto at = json.find(opening);
    if (at == std::string_view::npos) return -1;
    std::int64_t number = 0;
    std::size_t digits = 0;
    for (const char c : json.substr(at + opening.size(), 19)) {
        if (c < '0' || c > '9') break;
        number = number * 10 + (c - '0');
        ++digits;
    }
    return digits > 0 && digits < 19 ? number : -1;
}

// Tells one text from another, within one run of the program.
[[nodiscard]] inline std::uint64_t digest_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

} // namespace meguri::bench
