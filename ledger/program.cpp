#include "ledger/program.hpp"

#include <array>

namespace meguri::ledger {
namespace {
constexpr std::array<std::string_view, 3> issuer_names{"municipality", "prefecture", "other"};
}

std::string_view name_of(issuer_kind kind) noexcept { return issuer_names[static_cast<std::size_t>(kind) - 1]; }

std::optional<issuer_kind> parse_issuer_kind(std::string_view text) noexcept {
    for (std::size_t i = 0; i < issuer_names.size(); ++i)
        if (issuer_names[i] == text) return static_cast<issuer_kind>(i + 1);
    return std::nullopt;
}

} // namespace meguri::ledger
