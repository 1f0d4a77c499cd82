// How often a load does what: the share of each kind of life that a payment may have.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace meguri::bench {

enum class life : std::uint8_t {
    pay,          // and nothing more
    hold_capture, // a hold; then a capture of all or a part of it, or a void
    refunds,      // paid; then given back at once or in two parts
    retries,      // paid; then the same request again, or another one under its key
    reversals,    // paid, held or not arrived yet; then reversed
    declines,     // for one of the reasons that a town always has
};
inline constexpr std::size_t lives = 6;
inline constexpr std::array<std::string_view, lives> life_names{"pay",     "hold_capture", "refunds",
                                                                "retries", "reversals",    "declines"};

class act_mix {
public:
    // Of payments alone.
    act_mix() : act_mix{{1, 0, 0, 0, 0, 0}} {}
    // "all", a life's name, or shares: "pay=70,refunds=20,declines=10". Throws std::invalid_argument.
    explicit act_mix(std::string_view text);

    [[nodiscard]] life draw(std::mt19937_64& random) const;
    // As shares; "pay" of payments alone.
    [[nodiscard]] std::string text() const;

private:
    explicit act_mix(const std::array<std::uint32_t, lives>& shares) : shares_{shares} {}

    std::array<std::uint32_t, lives> shares_;
};

} // namespace meguri::bench
