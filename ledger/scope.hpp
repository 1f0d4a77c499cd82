// What a bearer key may be used for, within what its holder's kind may do: a closed list. A key without scopes opens
// all of that; one with scopes opens what they name and nothing else. Which route asks for which scope stands in
// net/routes.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace meguri::ledger {

// Numbers are stored: never change them, add at the end.
enum class scope : std::uint8_t {
    payments, // authorize, capture, void, reverse
    payments_read,
    refunds,
    wallets, // open one, choose its home, transfer its undecided points
    wallets_read,
    codes,
    grants,
    conversions,
    corrections,
    programs,
    merchants,
    merchants_read,
    freezes,
    limits,
    ledger_read,
    keys, // who holds a key, and which
    audit,
};
inline constexpr std::size_t scope_count = static_cast<std::size_t>(scope::audit) + 1;

inline constexpr std::array<std::string_view, scope_count> scope_names{
    "payments", "payments:read", "refunds",     "wallets",  "wallets:read", "codes",
    "grants",   "conversions",   "corrections", "programs", "merchants",    "merchants:read",
    "freezes",  "limits",        "ledger:read", "keys",     "audit"};

[[nodiscard]] constexpr std::string_view name_of(scope one) noexcept {
    return scope_names[static_cast<std::size_t>(one)];
}

class scope_set {
public:
    constexpr scope_set() noexcept = default; // none
    constexpr explicit scope_set(scope one) noexcept : bits_{std::uint32_t{1} << static_cast<unsigned>(one)} {}
    // Of a key without scopes: those that will be added one day, too.
    [[nodiscard]] static constexpr scope_set unrestricted() noexcept { return scope_set{unrestricted_bits}; }
    // As it is stored; nullopt where a scope is unknown, or there is none.
    [[nodiscard]] static constexpr std::optional<scope_set> from_bits(std::uint32_t bits) noexcept {
        constexpr std::uint32_t known = (std::uint32_t{1} << scope_count) - 1;
        if (bits == 0 || (bits != unrestricted_bits && (bits & ~known) != 0)) return std::nullopt;
        return scope_set{bits};
    }

    [[nodiscard]] constexpr std::uint32_t bits() const noexcept { return bits_; }
    [[nodiscard]] constexpr bool is_unrestricted() const noexcept { return bits_ == unrestricted_bits; }
    [[nodiscard]] constexpr bool covers(scope_set other) const noexcept { return (other.bits_ & ~bits_) == 0; }
    [[nodiscard]] constexpr bool contains(scope one) const noexcept { return covers(scope_set{one}); }
    friend constexpr scope_set operator|(scope_set a, scope_set b) noexcept { return scope_set{a.bits_ | b.bits_}; }
    friend constexpr auto operator<=>(scope_set, scope_set) noexcept = default;

private:
    static constexpr std::uint32_t unrestricted_bits = 0xFFFFFFFF;
    constexpr explicit scope_set(std::uint32_t bits) noexcept : bits_{bits} {}
    std::uint32_t bits_ = 0;
};
static_assert(scope_count < 32, "one bit a scope, and all of them together are another value than no restriction");

} // namespace meguri::ledger
