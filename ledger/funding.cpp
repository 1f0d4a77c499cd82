#include "ledger/funding.hpp"

namespace meguri::ledger {

std::optional<funding_source> funding_source::parse(std::string_view text) {
    const auto colon = text.find(':');
    if (text.size() > length_max || colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
    for (const char c : text)
        if (c < 0x21 || c > 0x7e) return std::nullopt;
    for (std::uint8_t number = 1; number <= funding_kinds; ++number) {
        const auto kind = static_cast<funding_kind>(number);
        if (name_of(kind) == text.substr(0, colon)) return funding_source{kind, text};
    }
    return std::nullopt;
}

} // namespace meguri::ledger
