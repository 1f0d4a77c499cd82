// Activation codes: what a person types at a new till so that it gets a key, instead of a key copied by hand. A code is
// its merchant's, opens one terminal once, ends after some hours and may be revoked before. Its text is derived from
// the key file, as keys are; what stands here is its form: twelve characters of Crockford's base32 in three groups, the
// last one a check character.
#pragma once

#include "ledger/calendar.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::ledger {

// One that was neither used nor revoked; it may have ended.
struct open_activation {
    std::uint32_t number = 0; // within the merchant, from 1
    instant issued_at;
    instant valid_until; // not from then on
    friend bool operator==(const open_activation&, const open_activation&) noexcept = default;
};

inline constexpr std::size_t activations_max = 100; // of a merchant, open and not over
inline constexpr std::int32_t activation_hours_default = 24;
inline constexpr std::int32_t activation_hours_max = 168;

class activation_code {
public:
    static constexpr std::size_t random_characters = 11; // 55 bits
    static constexpr std::size_t length = random_characters + 1;

    // Eleven values of five bits each; the check character follows from them.
    [[nodiscard]] static activation_code of(const std::array<std::uint8_t, random_characters>& values) noexcept;

    // What a person typed: either case, with or without hyphens and spaces, O for 0, I and L for 1. nullopt where it is
    // not twelve such characters, or the last one is not the check character of the others: then one of them is wrong,
    // or two have changed places.
    [[nodiscard]] static std::optional<activation_code> parse(std::string_view typed) noexcept;

    // As it is stored and hashed: twelve characters, no hyphens.
    [[nodiscard]] std::string text() const;
    // As it is shown: XXXX-XXXX-XXXX.
    [[nodiscard]] std::string shown() const;
    friend bool operator==(const activation_code&, const activation_code&) noexcept = default;

private:
    std::array<std::uint8_t, length> values_{};
};

} // namespace meguri::ledger
