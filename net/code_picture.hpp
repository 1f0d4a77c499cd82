// A code as a picture for paper and screens: QR (ISO/IEC 18004) or the bars of Code 128 (ISO/IEC 15417), as SVG with
// its quiet zone, one unit a module, to be scaled as one likes. The symbols come from libzint.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::net {

enum class symbology : std::uint8_t { none, qr, code128 };

inline constexpr std::string_view svg_content_type = "image/svg+xml";

// Appends the picture. Digits alone take QR's numeric mode and, two at a time, Code 128's set C; QR has error
// correction level M (15 %), and below bars stands what they say. Contract: a symbology, and a text of 1 to 64 letters
// and digits. Throws std::bad_alloc.
void draw_code(std::string& svg, symbology as, std::string_view text);

} // namespace meguri::net
