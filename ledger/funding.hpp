// Who owes a point: the funding source that each lot carries from its grant to the claim (domain rule 16).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

// Numbers are stored: never change them.
enum class funding_kind : std::uint8_t { budget = 1, national = 2, partner = 3, purchase = 4, donation = 5 };
inline constexpr std::size_t funding_kinds = 5;

[[nodiscard]] constexpr std::string_view name_of(funding_kind kind) noexcept {
    constexpr std::array<std::string_view, funding_kinds> names{"budget", "national", "partner", "purchase",
                                                                "donation"};
    return names[static_cast<std::size_t>(kind) - 1];
}

// `kind:rest`, as `budget:042021:health`: 3 to 64 visible ASCII characters, the rest not empty.
class funding_source {
public:
    static constexpr std::size_t length_max = 64;

    [[nodiscard]] static std::optional<funding_source> parse(std::string_view text);

    [[nodiscard]] funding_kind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    friend auto operator<=>(const funding_source&, const funding_source&) = default;

private:
    funding_source(funding_kind kind, std::string_view text) : kind_{kind}, text_{text} {}
    funding_kind kind_;
    std::string text_;
};

} // namespace meguri::ledger
