// A command as the reader hands it to the card, ISO/IEC 7816-4, short form:
//
//     | CLA | INS | P1 | P2 | Lc | data (Lc bytes) | Le |
//       1     1     1    1    1                      1       Lc with data, and Le, are there or not
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace meguri::virtual_card {

using bytes = std::vector<std::uint8_t>;
using byte_view = std::span<const std::uint8_t>;

struct command_apdu {
    std::uint8_t cla = 0;
    std::uint8_t ins = 0;
    std::uint8_t p1 = 0;
    std::uint8_t p2 = 0;
    byte_view data;                     // points into what was parsed
    std::optional<std::size_t> answers; // Le: how many bytes are asked for at most, 00 being 256

    [[nodiscard]] bool has_parameters(std::uint8_t first, std::uint8_t second) const noexcept {
        return p1 == first && p2 == second;
    }
};

// Nothing where the bytes are no such command: too few, or other than Lc says.
[[nodiscard]] std::optional<command_apdu> parse_command(byte_view command) noexcept;

} // namespace meguri::virtual_card
